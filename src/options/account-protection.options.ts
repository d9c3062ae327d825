import type { Duration } from './duration.js';
import { duration, group, integer, type Rules, switchable } from './rules.js';

/** @inline */
export interface AccountProtectionOptions {
  /** How many attempts in a row may fail before each further one must wait: 1, 2, 4 … seconds. Default 5. */
  freeFailures?: number;
  /** The longest wait between two attempts. Default `15m`. */
  maxDelay?: Duration;
  /** After this many failures in a row the password is off until it is reset or an operator enables it. Default 100. */
  maxFailures?: number;
}

const RULES = {
  freeFailures: integer(5, 1, 100),
  maxDelay: duration('15m', { min: 1 }),
  maxFailures: integer(100, 1, 100),
} satisfies Rules<AccountProtectionOptions>;

export const accountProtection = switchable(group(RULES));
