import { InvalidCredentialsError, RateLimitedError, UnavailableError } from '../errors/auth-errors.js';
import {
  accountKey,
  type Attempt,
  type ExhaustedAccount,
  type LoginAttempts,
  type TriedAccount,
} from './login-attempts.js';
import type { UserRecord } from './user-store.js';

export interface AccountProtectionSettings {
  enabled: boolean;
  /** Consecutive failures after which the password no longer works, until it is reset or an operator re-enables it. */
  maxFailures: number;
}

/** Tries a password once: see `AccountProtection.attempt`. */
export type PasswordCheck<T> = (passwordIsOff: boolean, failedBefore: boolean) => Promise<T>;

/**
 * Slows down password guessing against one account, wherever the guesses come from, and finally stops it (NIST SP
 * 800-63B-4 §3.2.2). Treats email addresses without an account the same way, so that nobody can tell the difference.
 */
export class AccountProtection {
  /** @internal */
  constructor(
    private readonly attempts: LoginAttempts,
    private readonly settings: AccountProtectionSettings,
  ) {}

  /**
   * Runs `check`, which must try a password once and throw `InvalidCredentialsError` when it is wrong or when
   * `passwordIsOff` is true. `failedBefore` is true if there have been failures since the last success. Success resets the failures; any other error does not count as an attempt.
   * @throws RateLimitedError before calling `check` when the account has to wait
   */
  async attempt<T>(account: TriedAccount, check: PasswordCheck<T>): Promise<T> {
    if (!this.settings.enabled) return check(false, false);
    const attempt = await this.attempts.begin(account);
    if (!attempt.allowed) throw new RateLimitedError({ retryAfter: attempt.wait });
    const result = await this.run(attempt, check);
    await unlessDown(this.attempts.reset(account.email));
    return result;
  }

  /** Resets the failures: the next attempt need not wait, and the password works again. `email` must be canonical. */
  async reset(email: string): Promise<void> {
    await this.attempts.reset(email);
  }

  /**
   * The ids of the users in this list whose password is off.
   * @internal
   */
  async passwordsOff(users: readonly Pick<UserRecord, 'id' | 'email'>[]): Promise<Set<string>> {
    if (!this.settings.enabled || users.length === 0) return new Set();
    const emails = users.map(({ email }) => email);
    const exhausted = await this.attempts.exhausted(emails, this.settings.maxFailures);
    const userOf = new Map(exhausted.map(({ account, userId }) => [account, userId]));
    return new Set(users.filter(({ id, email }) => userOf.get(accountKey(email)) === id).map(({ id }) => id));
  }

  /**
   * A page of the accounts whose password is off, starting after the account `after`.
   * @internal
   */
  async listPasswordsOff(limit: number, after?: string): Promise<ExhaustedAccount[]> {
    return this.settings.enabled ? this.attempts.listExhausted(this.settings.maxFailures, limit, after) : [];
  }

  private async run<T>(attempt: Attempt & { allowed: true }, check: PasswordCheck<T>): Promise<T> {
    try {
      return await check(attempt.total > this.settings.maxFailures, attempt.failures > 1);
    } catch (error) {
      if (!(error instanceof InvalidCredentialsError)) await unlessDown(this.attempts.giveBack(attempt));
      throw error;
    }
  }
}

/** The outcome of the attempt stands: a count that is one too high is no reason to change it. */
async function unlessDown(work: Promise<void>): Promise<void> {
  await work.catch((error: unknown) => {
    if (!(error instanceof UnavailableError)) throw error;
  });
}
