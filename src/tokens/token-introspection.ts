import { readToken } from './read-token.js';
import type { SessionStore } from '../sessions/session-store.js';
import type { AccessTokenPayload, RefreshTokenPayload } from './token-types.js';
import type { TokensService } from './tokens.service.js';

type Claims = AccessTokenPayload | RefreshTokenPayload;

/** What resource servers may ask and do about a token whose kind they need not know. */
export class TokenIntrospection {
  constructor(
    private readonly tokens: TokensService,
    private readonly sessions: SessionStore,
  ) {}

  /**
   * What a token says, if it is good now by the database's word (RFC 7662): its session lives, and a refresh token is
   * the current one. `null` for every other token, whatever is wrong with it.
   */
  async introspect(token: string): Promise<Claims | null> {
    const claims = await this.read(token);
    if (!claims) return null;
    const live = await this.sessions.isLive(claims.sid, claims.type === 'refresh' ? claims.jti : undefined);
    return live ? claims : null;
  }

  /**
   * Revokes one token (RFC 7009 §2.1): a refresh token with its whole session, an access token by itself. One that is not
   * ours, or good no more, is no error (§2.2).
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
