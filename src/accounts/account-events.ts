import type { AuthEvents } from '../events/auth-events.js';
import type { ClientInfo } from '../sessions/session-types.js';
import type { UserRecord } from '../users/user-store.js';
import { maskEmail } from '../users/email.js';

/** Emits the events of accounts and passwords, without secrets and with masked addresses. */
export class AccountEvents {
  constructor(private readonly events: AuthEvents) {}

  /** @param sessionId the session that the registration started, if any */
  registered(user: UserRecord, client?: ClientInfo, sessionId?: string): void {
    this.events.emit({ type: 'registered', ...client, ...accountOf(user), sessionId });
  }

  loggedIn(user: UserRecord, sessionId: string, client?: ClientInfo): void {
    this.events.emit({ type: 'logged-in', ...client, ...accountOf(user), sessionId });
  }

  /** @param user the owner of the address, if any */
  loginFailed(email: string, user: UserRecord | null, client?: ClientInfo): void {
    const about = { ...client, ...this.events.tried(email), userId: user?.id };
    this.events.emit({ type: 'login-failed', reason: whyRefused(user), ...about });
  }

  mustWait(userId: string | null, client?: ClientInfo): void {
    this.events.emit({ type: 'throttled', limit: 'account', ...client, userId: userId ?? undefined });
  }

  passwordChangeFailed(user: UserRecord, sessionId: string, client?: ClientInfo): void {
    const about = { ...client, ...this.events.tried(user.email), userId: user.id, sessionId };
    this.events.emit({ type: 'password-change-failed', ...about });
  }

  /** Resolves once the event has been recorded. */
  passwordChanged({ id }: UserRecord, sessionId: string, client?: ClientInfo): Promise<void> {
    return this.events.record({ type: 'password-changed', ...client, userId: id, sessionId });
  }
}

function accountOf({ id, email }: UserRecord) {
  return { userId: id, email: maskEmail(email) };
}

/** For operators only: clients must not learn the reason. */
function whyRefused(user: UserRecord | null) {
  if (!user) return 'unknown-account';
  return user.disabled ? 'disabled' : 'wrong-password';
}
