import type { AuthEvents } from '../events/auth-events.js';
import type { ClientInfo } from '../sessions/session-types.js';
import type { UserRecord } from '../users/user-store.js';
import type { Notice } from '../users/account-protection.js';
import { maskEmail } from '../users/email.js';

/** Events that say nothing more than who did it. */
type PlainEvent =
  | 'password-reset'
  | 'email-verified'
  | 'email-change-requested'
  | 'email-changed'
  | 'email-change-undone'
  | 'name-changed'
  | 'account-closing'
  | 'account-restored'
  | 'exported';

/** Emits the events of accounts and passwords, without secrets and with masked addresses. */
export class AccountEvents {
  constructor(private readonly events: AuthEvents) {}

  /** @param sessionId the session that the registration started, if any */
  registered(user: UserRecord, client?: ClientInfo, sessionId?: string): void {
    this.events.emit({ type: 'registered', ...client, ...accountOf(user), sessionId });
  }

  loggedIn(user: UserRecord, sessionId: string, client?: ClientInfo, isKnown = false): void {
    const known = isKnown && { knownDevice: true as const };
    this.events.emit({ type: 'logged-in', ...client, ...accountOf(user), sessionId, ...known });
  }

  /** @param user the owner of the address, if any */
  loginFailed(email: string, user: UserRecord | null, client?: ClientInfo): void {
    const about = { ...client, ...this.events.tried(email), userId: user?.id };
    this.events.emit({ type: 'login-failed', reason: whyRefused(user), ...about });
  }

  mustWait(userId: string | null, client?: ClientInfo): void {
    this.events.emit({ type: 'throttled', limit: 'account', ...client, userId: userId ?? undefined });
  }

  /** Returns a function that emits what failures of strangers have led to. */
  noticed(userId: string, client?: ClientInfo): (notice: Notice) => void {
    return (notice) => this.events.emit({ ...notice, ...client, userId });
  }

  passwordChangeFailed(user: UserRecord, sessionId: string, client?: ClientInfo): void {
    const about = { ...client, ...this.events.tried(user.email), userId: user.id, sessionId };
    this.events.emit({ type: 'password-change-failed', ...about });
  }

  stepUpFailed(user: UserRecord, sessionId: string, client?: ClientInfo): void {
    const about = { ...client, ...this.events.tried(user.email), userId: user.id, sessionId };
    this.events.emit({ type: 'step-up-failed', ...about });
  }

  steppedUp({ id }: UserRecord, sessionId: string, acr: string, client?: ClientInfo): void {
    this.events.emit({ type: 'stepped-up', acr, ...client, userId: id, sessionId });
  }

  /** @param user the owner of the address, if any */
  passwordResetRequested(email: string, user: UserRecord | null, client?: ClientInfo): void {
    const about = { ...client, ...this.events.tried(email), userId: user?.id };
    this.events.emit({ type: 'password-reset-requested', ...about });
  }

  passwordReset(userId: string, client?: ClientInfo): Promise<void> {
    return this.record('password-reset', userId, client);
  }

  /** Resolves once the event has been recorded. */
  record(type: PlainEvent, userId: string, client?: ClientInfo, sessionId?: string): Promise<void> {
    return this.events.record({ type, ...client, userId, sessionId });
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
