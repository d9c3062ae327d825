import type { AuthEvents } from '../events/auth-events.js';
import type { TokenPair } from '../tokens/token-types.js';
import type { ClientInfo } from '../sessions/session-types.js';
import type { TokensService } from '../tokens/tokens.service.js';
import type { UserRecord } from '../users/user-store.js';
import { maskEmail } from '../users/email.js';

/** Tells of what happens to accounts and passwords, without a secret and with masked addresses. */
export class AccountEvents {
  constructor(
    private readonly events: AuthEvents,
    private readonly tokens: TokensService,
  ) {}

  /** @param pair the tokens of the session that the registration started, if it did */
  async registered(user: UserRecord, client?: ClientInfo, pair?: TokenPair): Promise<void> {
    const sessionId = pair && (await this.sessionOf(pair));
    this.events.emit({ type: 'registered', ...client, ...accountOf(user), sessionId });
  }

  async loggedIn(user: UserRecord, pair: TokenPair, client?: ClientInfo): Promise<void> {
    const sessionId = await this.sessionOf(pair);
    this.events.emit({ type: 'logged-in', ...client, ...accountOf(user), sessionId });
  }

  /** @param user whom the address belongs to, if anybody */
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

  /** Resolves once it is on record. */
  passwordChanged({ id }: UserRecord, sessionId: string, client?: ClientInfo): Promise<void> {
    return this.events.record({ type: 'password-changed', ...client, userId: id, sessionId });
  }

  private async sessionOf({ refreshToken }: TokenPair): Promise<string> {
    return (await this.tokens.verifyRefreshToken(refreshToken)).sid;
  }
}

function accountOf({ id, email }: UserRecord) {
  return { userId: id, email: maskEmail(email) };
}

/** For operators only: the one who asks must not learn it. */
function whyRefused(user: UserRecord | null) {
  if (!user) return 'unknown-account';
  return user.disabled ? 'disabled' : 'wrong-password';
}
