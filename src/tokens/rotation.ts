import { randomUUID } from 'node:crypto';
import {
  InvalidRefreshTokenError,
  RefreshTokenExpiredError,
  RefreshTokenReusedError,
  TokenRevokedError,
} from '../errors/auth-errors.js';
import type { AuthEvents } from '../events/auth-events.js';
import type { SessionEnder } from '../revocation/session-ender.js';
import type { Refusal } from '../sessions/reuse-policy.js';
import type { SessionStore } from '../sessions/session-store.js';
import type { ClientInfo } from '../sessions/session-types.js';
import type { UserStore } from '../users/user-store.js';
import type { TokenPairs } from './token-pairs.js';
import type { RefreshTokenPayload, TokenPair } from './token-types.js';

/** Exchanges refresh tokens for new tokens. */
export class Rotation {
  constructor(
    private readonly sessions: SessionStore,
    private readonly users: UserStore,
    private readonly pairs: TokenPairs,
    private readonly ender: SessionEnder,
    private readonly events: AuthEvents,
  ) {}

  /** See `TokensService.rotate`; the refresh token has already been verified. */
  async rotate(claims: RefreshTokenPayload, client?: ClientInfo): Promise<TokenPair> {
    const rotation = await this.sessions.rotate({ sid: claims.sid, jti: claims.jti, nextJti: randomUUID() });
    if (!('session' in rotation)) return this.refuse(rotation.outcome, claims, client);

    const user = await this.users.findById(rotation.session.userId);
    const about = { ...client, userId: claims.sub, sessionId: claims.sid };
    if (!user || user.disabled) {
      await this.ender.end(claims.sid, 'user-disabled', client);
      this.events.emit({ type: 'refresh-failed', reason: 'user-disabled', ...about });
      throw new TokenRevokedError();
    }
    this.events.emit({ type: rotation.outcome === 'rotated' ? 'refreshed' : 'replayed', ...about });
    return this.pairs.of(user, rotation.session);
  }

  private async refuse(refusal: Refusal, claims: RefreshTokenPayload, client?: ClientInfo): Promise<never> {
    const about = { ...client, userId: claims.sub, sessionId: claims.sid };
    if (refusal === 'reused') {
      // Committed before the error is thrown: the response may be lost, but the revocation must not be.
      await this.ender.end(claims.sid, 'reuse', client);
      await this.events.record({ type: 'reused', ...about });
      throw new RefreshTokenReusedError();
    }
    this.events.emit({ type: 'refresh-failed', reason: refusal, ...about });
    if (refusal === 'revoked') throw new TokenRevokedError();
    throw refusal === 'expired' ? new RefreshTokenExpiredError() : new InvalidRefreshTokenError();
  }
}
