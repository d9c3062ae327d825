import { createHash } from 'node:crypto';

/** An address whose password is being tried, and its user. */
export interface TriedAccount {
  /** Canonical. */
  email: string;
  userId: string | null;
}

/**
 * Whose failures are counted together: those of strangers, of a device that has signed in before, or of a session; or,
 * with `factors`, everyone's at the second factors of an account.
 */
export type CounterKind = 'strangers' | 'device' | 'session' | 'factors';

/** One count of failures. Its key is a hash, as it may be made of anything that was typed by mistake. */
export interface Counter {
  key: string;
  kind: CounterKind;
  userId: string | null;
}

export interface DelayPolicy {
  /** The number of consecutive failures after which delays start. */
  freeFailures: number;
  /** Seconds. */
  maxDelay: number;
}

/** The attempt may proceed and has already been counted as a failure. */
export interface AllowedAttempt {
  outcome: 'allowed';
  key: string;
  failures: number;
  /** Includes this attempt. */
  total: number;
}

/** In the other cases, nothing has changed. `spent`: the counter has reached the limit. */
export type Attempt =
  AllowedAttempt | { outcome: 'waiting'; /** Seconds, at least 1. */ wait: number } | { outcome: 'spent' };

/** From how many failures on a password is off: see `AccountProtection`. */
export interface FailureLimits {
  strangers: number;
  /** For each device and session. */
  own: number;
}

/** A counter of a user that makes attempts wait, or has reached its limit. */
export interface SlowCounter extends Counter {
  userId: string;
  failures: number;
  /** When the next attempt is allowed; `null`: now. */
  until: Date | null;
  /** Whether it has reached its limit. */
  off: boolean;
}

/**
 * Counts failed password attempts by the database's clock, so that the counts survive restarts and are shared by all
 * instances. All methods throw an `UnavailableError` if the database is unavailable.
 */
export interface LoginAttempts {
  /**
   * Counts an attempt before it is made, atomically: however many arrive in parallel, on any number of instances, no
   * more proceed than the delay and the limit allow. An attempt that has to wait is rejected without a lock or a write,
   * so that a flood of attempts against one account blocks nobody else. Known and unknown accounts are treated the same
   * way.
   * @param limit how many failures the counter may have at most. Default: any number
   */
  begin(counter: Counter, limit?: number): Promise<Attempt>;
  /** Takes back an attempt in which no password was tried. Other attempts made in the meantime still count. */
  giveBack(attempt: AllowedAttempt): Promise<void>;
  /** Resets one counter, after a successful attempt. */
  succeeded(attempt: AllowedAttempt): Promise<void>;
  /**
   * Resets all counters of an address, and of its user, except those of second factors: whoever has a new password has
   * proven nothing about them.
   */
  reset(email: string, userId?: string): Promise<void>;
  /** Resets the counter of a user's second factors. */
  resetFactors(userId: string): Promise<void>;
  /** Returns `true` once a day for a counter, to one of the callers. */
  claimNotice(key: string): Promise<boolean>;
  /** Returns the slow counters of these users. */
  slowOf(userIds: readonly string[], limits: FailureLimits): Promise<SlowCounter[]>;
  /** Returns a page of the ids of all users with slow counters, in a fixed order, starting after the id `after`. */
  listSlow(limits: FailureLimits, count: number, after?: string): Promise<string[]>;
}

export const LoginAttempts = Symbol('LoginAttempts');

/** The delay starts over this many seconds after the last attempt, for addresses with and without an account. */
export const IDLE_SECONDS = 86_400;
/** How often an owner is told. */
export const NOTICE_SECONDS = 86_400;

/** Identifies an address by its hash. */
export function accountKey(canonicalEmail: string): string {
  return createHash('sha256').update(canonicalEmail).digest('hex');
}

export function strangersOf({ email, userId }: TriedAccount): Counter {
  return { key: accountKey(email), kind: 'strangers', userId };
}

/** @param id of the device or session */
export function ownCounter(kind: 'device' | 'session', userId: string, id: string): Counter {
  // No email address contains a NUL, so this is nobody's address.
  return { key: accountKey([kind, userId, id].join('\0')), kind, userId };
}

/** The one counter of all second factors of a user. */
export function factorCounter(userId: string): Counter {
  return { key: accountKey(['factors', userId].join('\0')), kind: 'factors', userId };
}
