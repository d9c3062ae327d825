import { flag, group, integer, type Rule, type Rules } from './rules.js';

/** @inline */
export interface PasswordOptions {
  /** The minimum length of a new password in Unicode code points, from 8 to 64. Default 15. */
  minLength?: number;
  /** The bcrypt cost factor, from 10 to 15; each step doubles the work. Default 12. */
  bcryptCost?: number;
  /**
   * Secrets of at least 32 random bytes that are mixed into password hashes, newest first: the first one that
   * all instances know is used. Keep them outside the database. Default: none.
   */
  peppers?: string[];
  /**
   * How many password hashes may wait for their turn, from 0 to 10,000. When the queue is full, requests fail with
   * `UNAVAILABLE`. Default 32.
   */
  hashingQueue?: number;
  /**
   * Whether a login replaces a hash that was made by another system or with other settings. Set it to `false` while
   * another system still reads the column. New passwords get a hash of this app in any case. Default `true`.
   */
  rehash?: boolean;
  /** A name that passwords must not contain. An empty string allows any. Default `latchkey`. */
  serviceName?: string;
}

const peppers: Rule<string[], string[]> = (check, option, given) => check.secrets(option, given);

/** An empty name is allowed: every password contains it, so it means "no name". */
const serviceName: Rule<string, string> = (check, option, given = 'latchkey') => {
  if (typeof given !== 'string') check.fail(option, 'must be a string');
  return given;
};

const RULES = {
  minLength: integer(15, 8, 64),
  bcryptCost: integer(12, 10, 15),
  peppers,
  hashingQueue: integer(32, 0, 10_000),
  rehash: flag(true),
  serviceName,
} satisfies Rules<PasswordOptions>;

export const passwords = group(RULES);
