import { RowProblem } from './input-error.js';
import type { Row } from './rows.js';

/** Returns a property of its own, or `undefined`. */
const own = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Row)[name]
    : undefined;

/** Returns what is at a path such as `app_metadata.roles`; an object may be written as the text of its JSON. */
export function at(row: Row, path: string): unknown {
  return path.split('.').reduce<unknown>((value, name) => own(parsed(value), name), row);
}

function parsed(value: unknown): unknown {
  if (typeof value !== 'string' || !value.startsWith('{')) return value;
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}

/** Returns the text at the first of these paths that has any. A number is text too: some ids are numbers. */
export function text(row: Row, ...paths: string[]): string | undefined {
  for (const path of paths) {
    const value = at(row, path);
    if (value === undefined || value === null || value === '') continue;
    if (typeof value === 'string') return value;
    if (typeof value === 'number') return String(value);
    throw new RowProblem(`${path} must be text`);
  }
  return undefined;
}

const YES = new Set<unknown>([true, 'true', 't', 1, '1']);
const NO = new Set<unknown>([false, 'false', 'f', 0, '0', '', null, undefined]);

/** @throws RowProblem for anything that is neither: whoever is blocked must not be let in by a misspelling */
export function flag(row: Row, path: string): boolean {
  const value = at(row, path);
  if (YES.has(value)) return true;
  if (NO.has(value)) return false;
  throw new RowProblem(`${path} must be true or false`);
}

/** A time as text, in seconds (9 or 10 digits) or in milliseconds (more). Returns `undefined` for what is none. */
export function time(row: Row, ...paths: string[]): Date | undefined {
  const given = paths.map((path) => at(row, path)).find((value) => value !== undefined && value !== null);
  if (typeof given !== 'string' && typeof given !== 'number') return undefined;
  const date = dateOf(String(given).trim());
  return date && !Number.isNaN(date.getTime()) ? date : undefined;
}

const NUMBER = /^[-+]?\d+(?:\.\d*)?(?:e[-+]?\d+)?$/i;

function dateOf(text: string): Date | undefined {
  // Without a year, `Date` makes one up: it takes "0" for 2000, and year 1 for 2001.
  if (!NUMBER.test(text)) return /(?:^|\D)[12]\d{3}(?!\d)/.test(text) ? new Date(text) : undefined;
  const value = Number(text);
  if (value < 1e8) return undefined;
  return new Date(value < 1e10 ? value * 1000 : value);
}

/** No system whose users can be imported is older, so that an earlier end is none: 0 often stands for "never". */
const OLDEST_END = Date.UTC(2000, 0, 2);

/** Whether something that was set, such as a ban, may still apply: it does unless its end is a plausible time in the past. */
export function stillApplies(row: Row, endPath: string): boolean {
  const end = time(row, endPath)?.getTime();
  return end === undefined || end < OLDEST_END || end > Date.now();
}

export const isSet = (row: Row, path: string): boolean => {
  const value = at(row, path);
  return value !== undefined && value !== null && value !== '';
};

/** Returns the objects of a list, such as the credentials of a user. */
export function objects(row: Row, path: string): Row[] {
  const value = at(row, path);
  if (!Array.isArray(value)) return [];
  return value.filter((item): item is Row => typeof item === 'object' && item !== null);
}

/** First and last name, or either. */
export function fullName(row: Row, first: string, last: string): string | undefined {
  return [text(row, first), text(row, last)].filter((part) => part !== undefined).join(' ') || undefined;
}

/** A list of names, or one text with commas. */
export function names(row: Row, path: string): string[] {
  const value = at(row, path);
  if (value === undefined || value === null || value === '') return [];
  const list: unknown[] =
    typeof value === 'string' ? value.split(',').map((name) => name.trim()) : [value].flat();
  if (list.every((name) => typeof name === 'string')) return list;
  throw new RowProblem(`${path} must be a list of names`);
}
