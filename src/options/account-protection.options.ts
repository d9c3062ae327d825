import type { Duration } from './duration.js';
import { duration, group, integer, type Rules, switchable } from './rules.js';

/** @inline */
export interface AccountProtectionOptions {
  /**
   * The number of consecutive failures, from 1 to 100, after which each further attempt must wait: 1, 2, 4 … seconds.
   * Default 5.
   */
  freeFailures?: number;
  /** The longest wait between two attempts, at least `1s`. Default `15m`. */
  maxDelay?: Duration;
  /**
   * The number of consecutive failures of strangers, from 1 to 100, after which the password works only on devices that
   * have signed in before, until it is changed or an operator enables the account. With the options `mail` or `accounts`
   * strangers never turn a password off: its owner could be locked out, and they must wait `maxDelay` anyway. Each known device,
   * and each session that changes the password, may fail as often. Default 100.
   */
  maxFailures?: number;
}

const RULES = {
  freeFailures: integer(5, 1, 100),
  maxDelay: duration('15m', { min: 1 }),
  maxFailures: integer(100, 1, 100),
} satisfies Rules<AccountProtectionOptions>;

export const accountProtection = switchable(group(RULES));
