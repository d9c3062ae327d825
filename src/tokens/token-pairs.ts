import type { Session } from '../sessions/session-types.js';
import type { AccessTokens, PreparedSubject } from './access-tokens.js';
import type { RefreshTokens } from './refresh-tokens.js';
import type { TokenLimits, TokenPair, TokenSubject } from './token-types.js';

/** Issues the tokens of a session: a new access token, and the session's current refresh token. */
export class TokenPairs {
  constructor(
    private readonly accessTokens: AccessTokens,
    private readonly refreshTokens: RefreshTokens,
  ) {}

  /** See {@link AccessTokens.prepare}. Call it before the session starts or moves on. */
  prepare(subject: TokenSubject, limits: TokenLimits = {}): Promise<PreparedSubject> {
    return this.accessTokens.prepare(subject, limits.maxAccessTokenLength);
  }

  /** See {@link AccessTokens.roomForRoles}. */
  roomForRoles(limits: TokenLimits = {}): number | undefined {
    return this.accessTokens.roomForRoles(limits.maxAccessTokenLength);
  }

  async of(prepared: PreparedSubject, session: Session): Promise<TokenPair> {
    const { token: accessToken, expiresIn } = await this.accessTokens.issue(prepared, session);
    return {
      accessToken,
      refreshToken: await this.refreshTokens.issue(session),
      tokenType: 'Bearer',
      expiresIn,
      // Rounded, because the database read its clock slightly after it set the expiry.
      refreshExpiresIn: Math.round((session.expiresAt.getTime() - session.now.getTime()) / 1000),
      sessionExpiresAt: session.absoluteExpiresAt.toISOString(),
    };
  }
}
