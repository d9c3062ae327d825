import {
  AccessTokenRevokedError,
  InvalidTokenError,
  TokenExpiredError,
  TokenMissingError,
  TokenRevokedError,
} from '../../errors/auth-errors.js';
import type { TokenPair } from '../../tokens/token-types.js';
import type { ClientInfo } from '../../sessions/session-types.js';
import type { TokensService } from '../../tokens/tokens.service.js';
import type { AuthRequest } from '../../transports/auth-request.js';
import { clientOf } from '../shared/client-of.js';
import type { SessionCookies } from './session-cookies.js';
import { bearerToken } from '../strategies/bearer-token.js';
import { failsForGood } from './final-failures.js';
import { isSpeculative } from './speculative-request.js';
import type { TrustedOrigins } from './trusted-origins.js';

/**
 * If enabled, serves a request whose access cookie has expired or is missing when its refresh cookie is valid, and sets
 * new cookies on the response.
 */
export class SilentRefresh {
  /** Keyed by refresh token, not by session: an old token must not share the result of a newer one. */
  private readonly underWay = new Map<string, Promise<TokenPair>>();

  constructor(
    private readonly tokens: TokensService,
    private readonly cookies: SessionCookies,
    private readonly trusted: TrustedOrigins,
    private readonly enabled: boolean,
  ) {}

  /**
   * Tries to renew the cookies of a request that failed to authenticate. True when it has new ones: authenticate it
   * again. False when they cannot be renewed: `failure` stands. Clears an access cookie that is not valid.
   * @throws AuthError when the refresh fails; when it fails for good, both cookies are cleared
   */
  async renew(failure: unknown, request: AuthRequest, response: unknown): Promise<boolean> {
    if (!this.enabled || bearerToken(request) !== null || !this.mayChangeCookies(request)) return false;
    if (failure instanceof InvalidTokenError) this.cookies.clearAccess(response);
    if (!isCurable(failure)) return false;
    const refreshToken = this.cookies.refreshToken(request);
    if (refreshToken === undefined) return false;

    try {
      this.cookies.renew(request, response, await this.rotate(refreshToken, clientOf(request)));
      return true;
    } catch (error) {
      if (failsForGood(error)) this.cookies.clear(response);
      throw error;
    }
  }

  /**
   * False where the new cookies might be lost, which would later look like a stolen token: in what a browser
   * prefetches, and in what a foreign page embeds and may abort. Following a link from such a page is fine.
   */
  private mayChangeCookies(request: AuthRequest): boolean {
    if (isSpeculative((name) => request.headers[name])) return false;
    return request.headers['sec-fetch-dest'] === 'document' || !this.trusted.isForeign(request);
  }

  /** Concurrent requests in this process share one rotation; between processes, the leeway covers them. */
  private async rotate(refreshToken: string, client: ClientInfo): Promise<TokenPair> {
    const claims = await this.tokens.verifyRefreshToken(refreshToken);
    const existing = this.underWay.get(claims.jti);
    if (existing) return existing;
    const rotation = this.tokens
      .rotate(claims, client, this.cookies)
      .finally(() => this.underWay.delete(claims.jti));
    this.underWay.set(claims.jti, rotation);
    return rotation;
  }
}

/**
 * If the session has ended, the refresh confirms that and the cookies are cleared. An access token that was revoked by
 * itself is not replaced: whoever revoked it would not expect that.
 */
function isCurable(failure: unknown): boolean {
  if (failure instanceof TokenRevokedError) return !(failure instanceof AccessTokenRevokedError);
  return failure instanceof TokenExpiredError || failure instanceof TokenMissingError;
}
