import { RateLimitedError } from '../errors/auth-errors.js';
import type { ClientInfo } from '../sessions/session-types.js';
import type { AccountProtection, PasswordCheck } from '../users/account-protection.js';
import type { TriedAccount } from '../users/login-attempts.js';
import type { AccountEvents } from './account-events.js';

/** A signed-in user, and the session in which they act. */
export interface PasswordOwner {
  id: string;
  sessionId: string;
}

/** Checks passwords within the limits of `AccountProtection`, and emits events of what that leads to. */
export class PasswordAttempts {
  constructor(
    private readonly protection: AccountProtection,
    private readonly events: AccountEvents,
  ) {}

  /**
   * Runs `check` as one attempt at the account's password; see `AccountProtection.attempt`.
   * @param device the id from a proof of the device that is valid for this account, if there is one
   * @throws RateLimitedError before calling `check` if the account has to wait
   */
  async run<T>(
    account: TriedAccount,
    check: PasswordCheck<T>,
    client?: ClientInfo,
    device?: string,
  ): Promise<T> {
    const { userId } = account;
    const told = userId === null ? undefined : this.events.noticed(userId, client);
    return this.watched(userId, client, () => this.protection.attempt(account, check, { device, told }));
  }

  /**
   * Runs `check` as one attempt by a signed-in session, at the password or anything else that proves who the user is.
   * The session has a count of its own.
   * @throws RateLimitedError before calling `check` if the session has to wait
   */
  async inSession<T>(
    { id, sessionId }: PasswordOwner,
    check: PasswordCheck<T>,
    client?: ClientInfo,
  ): Promise<T> {
    return this.watched(id, client, () => this.protection.attemptInSession(id, sessionId, check));
  }

  /** Resets all failures of an account whose owner has proven who they are, or has a new password. */
  async forget(user: { id: string; email: string }): Promise<void> {
    await this.protection.forget(user);
  }

  private async watched<T>(
    userId: string | null,
    client: ClientInfo | undefined,
    work: () => Promise<T>,
  ): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof RateLimitedError) this.events.mustWait(userId, client);
      throw error;
    }
  }
}
