import { InvalidCredentialsError, RateLimitedError, UnavailableError } from '../errors/auth-errors.js';
import {
  accountKey,
  type AllowedAttempt,
  type Attempt,
  type FailureLimits,
  type LoginAttempts,
  ownCounter,
  type SlowCounter,
  strangersOf,
  type TriedAccount,
} from './login-attempts.js';
import type { UserRecord } from './user-store.js';

export interface AccountProtectionSettings {
  enabled: boolean;
  /** Consecutive failures after which the password no longer works, until it is reset or an operator re-enables it. */
  maxFailures: number;
  /** Whether owners can get a way back by mail: then strangers never turn a password off. */
  mailConfigured: boolean;
}

/** Tries a password once: see `AccountProtection.attempt`. */
export type PasswordCheck<T> = (
  passwordIsOff: boolean,
  failedBefore: boolean,
  isKnown: boolean,
) => Promise<T>;

/** What the failure of a stranger has led to. */
export type Notice = { type: 'password-off' } | { type: 'password-attacked'; failures: number };

/** An attempt of somebody who is not signed in. */
export interface StrangersAttempt {
  /** The device, if it has proven that it has signed in to this account before. */
  device?: string;
  /** Is told what the failure of a stranger has led to. */
  told?: (notice: Notice) => void;
}

/** From this many failures of strangers in a row on, the owner is told, at most once a day. */
const ATTACK_FAILURES = 21;

/**
 * Slows down password guessing against one account, wherever the guesses come from, and finally stops it (NIST SP
 * 800-63B-4 §3.2.2). Treats email addresses without an account the same way, so that nobody can tell the difference.
 *
 * Devices that have signed in before and sessions are counted separately, with the same limits, so that strangers
 * cannot lock them out.
 */
export class AccountProtection {
  /** @internal */
  constructor(
    private readonly attempts: LoginAttempts,
    private readonly settings: AccountProtectionSettings,
  ) {}

  /**
   * Runs `check`, which must try a password once and throw `InvalidCredentialsError` when it is wrong or when
   * `passwordIsOff` is true. `failedBefore` is true if there have been failures since the last success, `isKnown` if
   * they are the device's own. Success resets the failures that it was counted with; any other error does not count as
   * an attempt. A device that has used up its own count is a stranger.
   * @throws RateLimitedError before calling `check` when the account has to wait
   */
  async attempt<T>(
    account: TriedAccount,
    check: PasswordCheck<T>,
    { device, told }: StrangersAttempt = {},
  ): Promise<T> {
    const { enabled, maxFailures } = this.settings;
    if (!enabled) return check(false, false, device !== undefined);
    if (device !== undefined && account.userId !== null) {
      const own = await this.attempts.begin(ownCounter('device', account.userId, device), maxFailures);
      if (own.outcome !== 'spent') return this.run(own, this.limits.own, known(check));
    }
    const attempt = await this.attempts.begin(strangersOf(account));
    const failed = (counted: AllowedAttempt) => this.look(counted, told);
    const byStranger = (isOff: boolean, failedBefore: boolean) => check(isOff, failedBefore, false);
    return this.run(attempt, this.limits.strangers, byStranger, failed);
  }

  /**
   * Like {@link attempt}, by a session of the user: whoever has stolen it cannot guess without limit, and failures of
   * strangers do not matter.
   */
  async attemptInSession<T>(userId: string, sessionId: string, check: PasswordCheck<T>): Promise<T> {
    if (!this.settings.enabled) return check(false, false, true);
    const attempt = await this.attempts.begin(ownCounter('session', userId, sessionId));
    return this.run(attempt, this.limits.own, known(check));
  }

  /**
   * Resets all failures: the next attempt need not wait, and the password works again. `email` must be canonical. Without
   * the user's id, counts of devices and sessions are found only if strangers have failed, too, and those of second
   * factors stay.
   */
  async reset(email: string, userId?: string): Promise<void> {
    await this.attempts.reset(email, userId);
    if (userId !== undefined) await this.attempts.resetFactors(userId);
  }

  /**
   * Like {@link reset}, for what has happened already: does not fail if the database is unavailable.
   * @internal
   */
  async forget({ id, email }: Pick<UserRecord, 'id' | 'email'>): Promise<void> {
    await unlessDown(this.attempts.reset(email, id));
  }

  /**
   * What makes attempts at the passwords of these users wait or fail, by the ids of the users.
   * @internal
   */
  async slowOf(users: readonly Pick<UserRecord, 'id' | 'email'>[]): Promise<Map<string, SlowCounter[]>> {
    if (!this.settings.enabled || users.length === 0) return new Map();
    const ids = users.map(({ id }) => id);
    const counters = await this.attempts.slowOf(ids, this.limits);
    // A count of strangers is of an address, which may not be the user's any more.
    const current = new Set(users.map(({ id, email }) => `${accountKey(email)} ${id}`));
    const slow = new Map<string, SlowCounter[]>();
    for (const counter of counters)
      if (counter.kind !== 'strangers' || current.has(`${counter.key} ${counter.userId}`))
        slow.set(counter.userId, [...(slow.get(counter.userId) ?? []), counter]);
    return slow;
  }

  /**
   * A page of the ids of the users with such counters, starting after the id `after`. Some of them may be gone.
   * @internal
   */
  async listSlow(count: number, after?: string): Promise<string[]> {
    return this.settings.enabled ? this.attempts.listSlow(this.limits, count, after) : [];
  }

  private get limits(): FailureLimits {
    const { mailConfigured, maxFailures } = this.settings;
    return { strangers: mailConfigured ? Infinity : maxFailures, own: maxFailures };
  }

  private async run<T>(
    attempt: Attempt,
    limit: number,
    check: (isOff: boolean, failedBefore: boolean) => Promise<T>,
    failed?: (attempt: AllowedAttempt) => Promise<void>,
  ): Promise<T> {
    if (attempt.outcome !== 'allowed')
      throw new RateLimitedError({ retryAfter: attempt.outcome === 'waiting' ? attempt.wait : 1 });
    const result = await check(attempt.total > limit, attempt.failures > 1).catch(async (error: unknown) => {
      const counts = error instanceof InvalidCredentialsError;
      await unlessDown(counts ? failed?.(attempt) : this.attempts.giveBack(attempt));
      throw error;
    });
    await unlessDown(this.attempts.succeeded(attempt));
    return result;
  }

  /** Does the same work for an unknown address. */
  private async look({ key, total }: AllowedAttempt, told?: (notice: Notice) => void): Promise<void> {
    if (total === this.limits.strangers) told?.({ type: 'password-off' });
    if (total < ATTACK_FAILURES || !(await this.attempts.claimNotice(key))) return;
    told?.({ type: 'password-attacked', failures: total });
  }
}

const known =
  <T>(check: PasswordCheck<T>) =>
  (isOff: boolean, failedBefore: boolean) =>
    check(isOff, failedBefore, true);

/** The outcome of the attempt stands: a count that is one too high is no reason to change it. */
async function unlessDown(work: Promise<void> | undefined): Promise<void> {
  await work?.catch((error: unknown) => {
    if (!(error instanceof UnavailableError)) throw error;
  });
}
