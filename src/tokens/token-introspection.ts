import { readToken } from './read-token.js';
import type { SessionStore } from '../sessions/session-store.js';
import type { AccessTokenPayload, RefreshTokenPayload } from './token-types.js';
import type { TokensService } from './tokens.service.js';

type Claims = AccessTokenPayload | RefreshTokenPayload;

/** Introspects and revokes tokens of either kind, on behalf of resource servers. */
export class TokenIntrospection {
  constructor(
    private readonly tokens: TokensService,
    private readonly sessions: SessionStore,
  ) {}

  /**
   * Returns the claims of a token that is active (RFC 7662 §2.2): the database says that its session is live and, for a
   * refresh token, that it is the current one. Returns `null` for any other token, whatever is wrong with it.
   * @throws UnavailableError when the database is unavailable
   */
  async introspect(token: string): Promise<Claims | null> {
    const claims = await this.read(token);
    if (!claims) return null;
    const live = await this.sessions.isLive(claims.sid, claims.type === 'refresh' ? claims.jti : undefined);
    return live ? claims : null;
  }

  /**
   * Revokes one token (RFC 7009 §2.1): a refresh token together with its session, an access token on its own. A token
   * that is invalid, or that Latchkey did not issue, is not an error (§2.2).
   * @throws UnavailableError when the database is unavailable
   */
  async revoke(token: string): Promise<void> {
    const claims = await this.read(token);
    if (claims?.type === 'refresh') await this.tokens.revokeSession(claims.sid, 'logout');
    if (claims?.type === 'access') await this.tokens.revokeAccessToken(claims.jti);
  }

  private read(token: string): Promise<Claims | undefined> {
    return readToken<Claims>(
      token,
      (text) => this.tokens.verifyRefreshToken(text),
      (text) => this.tokens.verify(text),
    );
  }
}
