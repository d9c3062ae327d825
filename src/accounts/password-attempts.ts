import { RateLimitedError } from '../errors/auth-errors.js';
import type { ClientInfo } from '../sessions/session-types.js';
import type { AccountProtection, PasswordCheck } from '../users/account-protection.js';
import type { TriedAccount } from '../users/login-attempts.js';
import type { AccountEvents } from './account-events.js';

/** Checks passwords within the limits of `AccountProtection`, and emits an event if an account has to wait. */
export class PasswordAttempts {
  constructor(
    private readonly protection: AccountProtection,
    private readonly events: AccountEvents,
  ) {}

  /**
   * Runs `check` as one attempt at the account's password; see `AccountProtection.attempt`.
   * @throws RateLimitedError before calling `check` if the account has to wait
   */
  async run<T>(account: TriedAccount, check: PasswordCheck<T>, client?: ClientInfo): Promise<T> {
    try {
      return await this.protection.attempt(account, check);
    } catch (error) {
      if (error instanceof RateLimitedError) this.events.mustWait(account.userId, client);
      throw error;
    }
  }
}
