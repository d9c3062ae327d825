import { InvalidCredentialsError, RateLimitedError, UnavailableError } from '../errors/auth-errors.js';
import type { Attempt, LoginAttempts, TriedAccount } from './login-attempts.js';

export interface AccountProtectionSettings {
  enabled: boolean;
  /** Failures in a row after which the password opens nothing until it is reset or an operator enables it. */
  maxFailures: number;
}

/**
 * Slows guessing at one account's password down, wherever the guesses come from, and stops it in the end (NIST SP
 * 800-63B-4 §3.2.2). The same for addresses nobody has, so nothing tells the two apart.
 */
export class AccountProtection {
  constructor(
    private readonly attempts: LoginAttempts,
    private readonly settings: AccountProtectionSettings,
  ) {}

  /**
   * Runs `check`, which tries a password once and throws `InvalidCredentialsError` when it is wrong, or when it is told
   * that the account's password is off. Success forgets the failures; any other error counts as no attempt.
   * @throws RateLimitedError before `check` when the account has to wait
   */
  async attempt<T>(account: TriedAccount, check: (passwordIsOff: boolean) => Promise<T>): Promise<T> {
    if (!this.settings.enabled) return check(false);
    const attempt = await this.attempts.begin(account);
    if (!attempt.allowed) throw new RateLimitedError({ retryAfter: attempt.wait });
    const result = await this.run(attempt, check);
    await unlessDown(this.attempts.reset(account.email));
    return result;
  }

  /** Lets the account try at once, and its password open it again. The address is canonical. */
  async reset(email: string): Promise<void> {
    await this.attempts.reset(email);
  }

  private async run<T>(
    attempt: Attempt & { allowed: true },
    check: (passwordIsOff: boolean) => Promise<T>,
  ): Promise<T> {
    try {
      return await check(attempt.total > this.settings.maxFailures);
    } catch (error) {
      if (!(error instanceof InvalidCredentialsError)) await unlessDown(this.attempts.giveBack(attempt));
      throw error;
    }
  }
}

/** What came of the attempt stands: a count that is one too high is no reason to take it back. */
async function unlessDown(work: Promise<void>): Promise<void> {
  await work.catch((error: unknown) => {
    if (!(error instanceof UnavailableError)) throw error;
  });
}
