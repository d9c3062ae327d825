import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { databaseUrlProblem } from './database-url.js';

/**
 * Makes a value of a variable's text, which is trimmed and not empty; `undefined` where the variable is not set.
 * @param fail says what is wrong with the text, never the text
 */
export type Parser<Value> = (text: string | undefined, fail: (message: string) => void) => Value | undefined;

/** Any text, also one that must be a duration or one of several words: the module checks that. */
export function asText<Text extends string>(text: string | undefined): Text | undefined {
  return text as Text | undefined;
}

/** A text that is not a whole number becomes NaN: the module says so, together with the range. */
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

export const flag: Parser<boolean> = (text, fail) => {
  const word = text?.toLowerCase();
  if (word === undefined) return undefined;
  if (word === 'true' || word === 'on') return true;
  if (word !== 'false' && word !== 'off') fail('must be true or false (or on or off)');
  else return false;
  return undefined;
};

/** A group of options that `off` turns off. */
export const onOrOff: Parser<false | Record<never, never>> = (text, fail) => {
  const value = flag(text, fail);
  return value === true ? {} : value;
};

export function oneOf(allowed: readonly string[]): Parser<string> {
  return (text, fail) => {
    if (text !== undefined && !allowed.includes(text)) fail(`must be one of ${allowed.join(', ')}`);
    return text;
  };
}

/** Separated by commas; secrets among others, so they are not looked into. */
export function texts(text: string | undefined): string[] | undefined {
  const entries = (text ?? '').split(',').map((entry) => entry.trim());
  const given = entries.filter((entry) => entry !== '');
  return given.length > 0 ? given : undefined;
}

/** PEM texts, separated by commas (line breaks may be written `\n`), or paths of files that hold one. */
export const pems: Parser<string[]> = (text, fail) =>
  texts(text)?.map((entry) => {
    if (entry.startsWith('-----BEGIN')) return entry.replaceAll('\\n', '\n');
    try {
      return readFileSync(entry, 'utf8');
    } catch (error) {
      fail(`names a file that cannot be read (${(error as NodeJS.ErrnoException).code})`);
      return '';
    }
  });

export const cidrs: Parser<string[]> = (text, fail) => {
  const entries = texts(text) ?? [];
  if (!entries.every(isCidr))
    fail('must be a comma-separated list, each entry an address range such as 10.0.0.0/8');
  return entries;
};

export const databaseUrl: Parser<string> = (text, fail) => {
  const problem = text && databaseUrlProblem(text);
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
