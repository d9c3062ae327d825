import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import type { Duration } from '../index.js';

/** Reads environment variables and collects what is wrong with them; an empty variable counts as none. */
export class EnvironmentReader {
  /** One line a problem, each beginning with the variable's name. */
  readonly problems: string[] = [];

  constructor(private readonly env: NodeJS.ProcessEnv) {}

  fail(name: string, message: string): void {
    this.problems.push(`${name} ${message}`);
  }

  optional(name: string): string | undefined {
    return this.env[name]?.trim() || undefined;
  }

  text(name: string, fallback: string): string {
    return this.optional(name) ?? fallback;
  }

  /** The text as it stands: the module's own check of its options judges it. */
  duration(name: string, fallback: Duration): Duration {
    return this.text(name, fallback) as Duration;
  }

  integer(name: string, fallback: number, min: number, max: number): number {
    const text = this.optional(name);
    if (text === undefined) return fallback;
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    this.fail(name, `must be a whole number from ${min} to ${max}`);
    return fallback;
  }

  flag(name: string, fallback: boolean): boolean {
    const text = this.optional(name)?.toLowerCase();
    if (text === undefined) return fallback;
    if (!['true', 'false', 'on', 'off'].includes(text))
      this.fail(name, 'must be true or false (or on or off)');
    return text === 'true' || text === 'on';
  }

  oneOf<T extends string>(name: string, fallback: NoInfer<T>, allowed: readonly T[]): T {
    const text = this.text(name, fallback) as T;
    if (!allowed.includes(text)) this.fail(name, `must be one of ${allowed.join(', ')}`);
    return text;
  }

  list(name: string, isGood: (entry: string) => boolean, expected: string): string[] {
    const entries = this.secrets(name);
    if (!entries.every(isGood)) this.fail(name, `must be a comma-separated list, each entry ${expected}`);
    return entries;
  }

  /** Comma-separated texts that are not looked into. */
  secrets(name: string): string[] {
    return (this.optional(name) ?? '')
      .split(',')
      .map((entry) => entry.trim())
      .filter((entry) => entry !== '');
  }

  /** Comma-separated PEM texts (line breaks may be written `\n`) or paths of files that hold one. */
  pems(name: string): string[] {
    return this.secrets(name).map((entry) => {
      if (entry.startsWith('-----BEGIN')) return entry.replaceAll('\\n', '\n');
      try {
        return readFileSync(entry, 'utf8');
      } catch (error) {
        this.fail(name, `names a file that cannot be read (${(error as NodeJS.ErrnoException).code})`);
        return '';
      }
    });
  }
}

export function isCidr(text: string): boolean {
  const [address = '', bits = '', ...rest] = text.split('/');
  const version = isIP(address);
  return (
    version !== 0 && rest.length === 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128)
  );
}
