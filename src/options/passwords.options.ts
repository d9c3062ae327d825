import { group, integer, type Rule, type Rules } from './rules.js';

/** @inline */
export interface PasswordOptions {
  /** The minimum length of a new password in Unicode code points, 8 to 64. Default 15. */
  minLength?: number;
  /** 10 to 15; each step doubles the work. Default 12. */
  bcryptCost?: number;
  /** Secrets mixed into every hash and kept apart from the database, newest first. Default: none. */
  peppers?: string[];
  /** How many hashes may wait in the queue before `UNAVAILABLE` is answered. Default 32. */
  hashingQueue?: number;
  /** A name no password may contain. Default `latchkey`. */
  serviceName?: string;
}

const peppers: Rule<string[], string[]> = (check, option, given) => check.secrets(option, given);

/** An empty name is contained in every password and means none. */
const serviceName: Rule<string, string> = (check, option, given = 'latchkey') => {
  if (typeof given !== 'string') check.fail(option, 'must be a text');
  return given;
};

const RULES = {
  minLength: integer(15, 8, 64),
  bcryptCost: integer(12, 10, 15),
  peppers,
  hashingQueue: integer(32, 0, 10_000),
  serviceName,
} satisfies Rules<PasswordOptions>;

export const passwords = group(RULES);
