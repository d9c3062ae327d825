import { readToken } from './read-token.js';
import type { AccessTokenPayload, RefreshTokenPayload } from './token-types.js';
import type { TokensService } from './tokens.service.js';

type Claims = AccessTokenPayload | RefreshTokenPayload;

/** Introspects access tokens, and revokes tokens of either kind, on behalf of resource servers. */
export class TokenIntrospection {
  /** @internal */
  constructor(private readonly tokens: TokensService) {}

  /**
   * Returns the claims of an access token that is active (RFC 7662 §2.2): it has not been revoked, and the database says
   * that its session is live and its user enabled. Returns `null` for anything else, whatever is wrong with it. That
   * includes every refresh token: a resource server would accept it as an access token (§4).
   * @throws UnavailableError when the database is unavailable
   */
  async introspect(token: string): Promise<AccessTokenPayload | null> {
    return (await readToken(token, (text) => this.tokens.verify(text, 'strict'))) ?? null;
  }

  /**
   * Revokes one token (RFC 7009 §2.1): a refresh token together with its session, an access token on its own. A token
   * that is invalid, or that Latchkey did not issue, is not an error (§2.2).
   * @throws UnavailableError when the database is unavailable
   */
  async revoke(token: string): Promise<void> {
    const claims = await readToken<Claims>(
      token,
      (text) => this.tokens.verifyRefreshToken(text),
      (text) => this.tokens.verify(text),
    );
    if (claims?.type === 'refresh') await this.tokens.revokeSession(claims.sid, 'logout');
    if (claims?.type === 'access') await this.tokens.revokeAccessToken(claims.jti);
  }
}
