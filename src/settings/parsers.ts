import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { type MfaPolicy, parseDuration } from '../index.js';
import { databaseUrlProblem } from '../database/database-url.js';
import { schemaNameProblem } from '../database/schema-name.js';

/**
 * Converts the text of a variable, which is trimmed and not empty, to a value. `undefined` if the variable is not set.
 * @param fail reports what is wrong with the text, without quoting it
 */
export type Parser<Value> = (text: string | undefined, fail: (message: string) => void) => Value | undefined;

/** A text that the module checks, such as a duration or one of several names. */
export function asText<Text extends string>(text: string | undefined): Text | undefined {
  return text as Text | undefined;
}

/** Text that is not a number becomes `NaN`: the module rejects it and reports the valid range. */
export function asNumber(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  return /^\d+$/.test(text) ? Number(text) : Number.NaN;
}

export function integer(min: number, max: number): Parser<number> {
  return (text, fail) => {
    const value = asNumber(text);
    if (value === undefined || (value >= min && value <= max)) return value;
    fail(`must be a whole number from ${min} to ${max}`);
    return undefined;
  };
}

/** A duration, in seconds. */
export function seconds(most: number): Parser<number> {
  return (text, fail) => {
    const value = text === undefined ? undefined : parseDuration(text);
    if (value === undefined || (value !== null && value <= most)) return value;
    fail(`must be a duration from 0s to ${most}s`);
    return undefined;
  };
}

export const flag: Parser<boolean> = (text, fail) => {
  const word = text?.toLowerCase();
  if (word === undefined) return undefined;
  if (word === 'true' || word === 'on') return true;
  if (word !== 'false' && word !== 'off') fail('must be true or false (or on or off)');
  else return false;
  return undefined;
};

/** A group of options that `off` disables. */
export const onOrOff: Parser<false | Record<never, never>> = (text, fail) => {
  const value = flag(text, fail);
  return value === true ? {} : value;
};

export function oneOf<Text extends string>(allowed: readonly Text[]): Parser<Text> {
  return (text, fail) => {
    const known: readonly string[] = allowed;
    if (text !== undefined && !known.includes(text)) fail(`must be one of ${allowed.join(', ')}`);
    return text as Text | undefined;
  };
}

/** Comma-separated texts. They may be secrets, so their content is not checked here. */
export function texts(text: string | undefined): string[] | undefined {
  const entries = (text ?? '').split(',').map((entry) => entry.trim());
  const given = entries.filter((entry) => entry !== '');
  return given.length > 0 ? given : undefined;
}

/** The module checks what the object contains. */
export const jsonObject: Parser<Record<string, unknown>> = (text, fail) => {
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>;
  } catch {
    // The error quotes the text, so it is not shown.
  }
  fail('must be a JSON object such as {"tenant":"acme"}');
  return undefined;
};

/** Comma-separated PEM texts (with line breaks optionally written as `\n`) or paths of PEM files. */
export const pems: Parser<string[]> = (text, fail) => {
  const unreadable: { entry: number; code?: string }[] = [];
  const read = texts(text)?.map((entry, index) => {
    if (entry.startsWith('-----BEGIN')) return entry.replaceAll('\\n', '\n');
    try {
      return readFileSync(entry, 'utf8');
    } catch (error) {
      unreadable.push({ entry: index + 1, code: (error as NodeJS.ErrnoException).code });
      return '';
    }
  });
  if (unreadable.length > 0) {
    const several = unreadable.length > 1;
    const codes = [...new Set(unreadable.map(({ code }) => code))].join(', ');
    const which = inWords(unreadable.map(({ entry }) => entry));
    const entries = read?.length === 1 ? '' : `: ${several ? 'entries' : 'entry'} ${which}`;
    fail(`names ${several ? 'files' : 'a file'} that cannot be read (${codes})${entries}`);
  }
  return read;
};

/** Such as `1, 2 and 3`. */
function inWords(numbers: number[]): string {
  return numbers.join(', ').replace(/, (\d+)$/, ' and $1');
}

export const cidrs: Parser<string[]> = (text, fail) => {
  const entries = texts(text) ?? [];
  if (!entries.every(isCidr)) fail('must be a comma-separated list of address ranges such as 10.0.0.0/8');
  return entries;
};

/** RFC 9110 §5.6.2. A wildcard would stand for itself: CORS takes it literally in requests with cookies. */
const HEADER_NAME = /^[\w!#$%&'+.^`|~-]+$/;

export const headerNames: Parser<string[]> = (text, fail) => {
  const names = texts(text) ?? [];
  if (!names.every((name) => HEADER_NAME.test(name)))
    fail('must be a comma-separated list of header names such as X-Client-Version, without wildcards');
  return names;
};

export const databaseUrl: Parser<string> = (text, fail) => {
  const problem = text && databaseUrlProblem(text);
  if (problem) fail(problem);
  return text;
};

/** URLs that the module checks. A URL may contain a comma, but no white space. */
export function databaseUrls(text: string | undefined): string[] | undefined {
  return text?.split(/\s+/);
}

export const schemaName: Parser<string> = (text, fail) => {
  const problem = text && schemaNameProblem(text);
  if (problem) fail(problem);
  return text;
};

export function absolutePath(text: string | undefined): string | undefined {
  return text && resolve(text);
}

export function isCidr(text: string): boolean {
  const [address = '', bits = '', ...rest] = text.split('/');
  const version = isIP(address);
  return (
    version !== 0 && rest.length === 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128)
  );
}

/** A text that the module checks, or the roles after `roles:`. */
export function mfaPolicy(text: string | undefined): MfaPolicy | undefined {
  if (!text?.startsWith('roles:')) return text as MfaPolicy | undefined;
  return { roles: texts(text.slice('roles:'.length)) ?? [] };
}
