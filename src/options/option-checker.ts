import { KeySet } from '../keys/key-set.js';
import { assertStrongSecret, type SigningKey } from '../keys/signing-key.js';
import { LONGEST_DURATION, parseDuration, printDuration, type Duration } from './duration.js';
import { originsProblem } from './origin.js';
import type { OptionProblem } from './options-error.js';

/** Collects all problems instead of stopping at the first one. Each method returns a value to continue with. */
export class OptionChecker {
  readonly problems: OptionProblem[] = [];

  fail(option: string, message: string): void {
    this.problems.push({ option, message });
  }

  /** Whether the value is an object and can hold a group of options. */
  isGroup(option: string, value: unknown, names: readonly string[], expected = 'an object'): boolean {
    const fits = typeof value === 'object' && value !== null && !Array.isArray(value);
    if (!fits) this.fail(option, `must be ${expected} with the options ${names.join(', ')}`);
    return fits;
  }

  text(option: string, value: string): string {
    if (typeof value !== 'string' || value.trim() === '') this.fail(option, 'must be a non-empty string');
    return value;
  }

  hook<Hook>(option: string, value: Hook | undefined): Hook | undefined {
    if (value !== undefined && typeof value !== 'function') this.fail(option, 'must be a function');
    return value;
  }

  url(option: string, value: string | undefined, protocols: readonly string[]): string {
    const fits =
      typeof value === 'string' && URL.canParse(value) && protocols.includes(new URL(value).protocol);
    if (!fits)
      this.fail(option, `must be a URL that begins with ${protocols.map((p) => `${p}//`).join(' or ')}`);
    return value ?? '';
  }

  /** Origins exactly as browsers send them. */
  origins(option: string, values: string[]): string[] {
    const problem = originsProblem(values);
    if (problem) this.fail(option, problem);
    return values;
  }

  flag(option: string, value: boolean): boolean {
    if (typeof value !== 'boolean') this.fail(option, 'must be true or false');
    return value;
  }

  integer(option: string, value: number | undefined, min: number, max: number): number {
    const fits = value !== undefined && Number.isInteger(value) && value >= min && value <= max;
    if (!fits) this.fail(option, `must be a whole number from ${min} to ${max}`);
    return value ?? 0;
  }

  /** Secrets of at least 32 bytes each. */
  secrets(option: string, given: string | string[] | undefined): string[] {
    try {
      assertTexts(given);
      const secrets = toList(given);
      secrets.forEach(assertStrongSecret);
      return secrets;
    } catch (error) {
      this.fail(option, (error as Error).message);
      return [];
    }
  }

  oneOf<T extends string>(option: string, value: T, allowed: readonly T[]): T {
    if (!allowed.includes(value)) this.fail(option, `must be one of ${allowed.join(', ')}`);
    return value;
  }

  /** A list whose entries are all among the allowed values. */
  listOf<T extends string>(option: string, values: T[], allowed: readonly T[]): T[] {
    if (!Array.isArray(values)) this.fail(option, `must be a list with any of ${allowed.join(', ')}`);
    else if (!values.every((value) => allowed.includes(value)))
      this.fail(option, `must be one of ${allowed.join(', ')}`);
    return values;
  }

  duration(option: string, value: Duration | undefined, { min = 0, max = LONGEST_DURATION }): number {
    const seconds = typeof value === 'string' ? parseDuration(value) : null;
    if (seconds === null) {
      this.fail(option, 'must be a whole number with a unit, such as 10s, 15m, 12h or 7d');
    } else if (seconds < min || seconds > max) {
      this.fail(option, `must be from ${printDuration(min)} to ${printDuration(max)}`);
    }
    return seconds ?? 0;
  }

  /** @param advice how to generate a key, for a user who has none */
  keys(
    option: string,
    given: string | string[] | undefined,
    parse: (text: string) => SigningKey,
    advice: string,
  ): KeySet | undefined {
    try {
      assertTexts(given);
      if (toList(given).length === 0) throw new Error(`is missing: ${advice}`);
      return new KeySet(toList(given).map(parse), option);
    } catch (error) {
      this.fail(option, (error as Error).message);
      return undefined;
    }
  }
}

/** Turns one string or several into a list, and omits values that are not strings. */
export function toList(value: string | string[] | undefined): string[] {
  return [value].flat().filter((entry) => typeof entry === 'string');
}

/** @throws Error with a message for the operator */
function assertTexts(value: unknown): void {
  if (value !== undefined && ![value].flat().every((entry) => typeof entry === 'string'))
    throw new Error('must be a string or a list of strings');
}
