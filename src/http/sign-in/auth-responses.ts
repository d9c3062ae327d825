import { HttpException } from '@nestjs/common';
import type { LoginOutcome } from '../../accounts/login-outcome.js';
import type { UserViews } from '../../accounts/user-views.js';
import { InternalError } from '../../errors/auth-errors.js';
import type { TokenPair } from '../../tokens/token-types.js';
import type { TokensService } from '../../tokens/tokens.service.js';
import type { AuthRequest } from '../../transports/auth-request.js';
import type { SessionCookies } from '../browser/session-cookies.js';
import { bearerToken } from '../strategies/bearer-token.js';
import { refreshTokenInBody } from '../strategies/refresh-token-in-body.js';
import type { PresentedRefreshToken } from '../strategies/refresh-jwt.strategy.js';
import { clientOf } from '../shared/client-of.js';
import { requestedTransport, type TokenTransport } from '../shared/token-transport.js';
import type { AuthResponse, TokenResponse } from './auth-response.js';

/**
 * What the endpoints of `AuthController` do around `AuthService` and `TokensService`: the transport of the tokens, in
 * the body or in cookies, and the sessions of overwritten cookies. Inject it into your own controllers to answer as ours
 * do.
 */
export class AuthResponses {
  constructor(
    private readonly tokens: TokensService,
    private readonly cookies: SessionCookies,
    private readonly views: UserViews,
  ) {}

  /**
   * The user who logged in with this browser before, for `AuthService.login`. The session may have expired or ended: the
   * cookie proves that there was one.
   */
  async knownUser(request: AuthRequest): Promise<string | undefined> {
    const token = this.cookies.refreshToken(request);
    if (token === undefined) return undefined;
    const claims = await this.tokens.verifyRefreshToken(token).catch(() => undefined);
    return claims?.sub;
  }

  /**
   * Returns the response body for a login or registration, and sets cookies if the request asks for them with
   * `X-Auth-Transport: cookie`. Ends a session whose cookies are overwritten.
   */
  async signedIn(end: LoginOutcome, request: AuthRequest, response: unknown): Promise<AuthResponse> {
    switch (end.outcome) {
      case 'signed-in': {
        const user = await this.orEnd(end.tokens, () => this.views.of(end.user));
        return { ...(await this.begin(request, response, end.tokens)), user };
      }
    }
  }

  /** Exchanges the refresh token that `PresentedRefreshGuard` found; the new tokens travel as the old one did. */
  async refreshed(
    { claims, transport }: PresentedRefreshToken,
    request: AuthRequest,
    response: unknown,
  ): Promise<TokenResponse> {
    const limits = transport === 'cookie' ? this.cookies : undefined;
    const tokens = await this.tokens.rotate(claims, clientOf(request), limits);
    return this.deliver(response, tokens, transport);
  }

  /**
   * Ends the sessions of all tokens in the request, expired or not, and clears the cookies.
   * @param refreshToken by default the one in the body
   * @throws ValidationFailedError if that is not a string
   */
  async loggedOut(
    request: AuthRequest,
    response: unknown,
    refreshToken: string | null | undefined = refreshTokenInBody(request),
  ): Promise<void> {
    const explicit = [refreshToken, bearerToken(request)].filter((token) => token != null);
    const inCookies = [this.cookies.refreshToken(request), this.cookies.accessToken(request)];
    const carried = new Set([...explicit, ...inCookies].filter((token) => token !== undefined));
    for (const token of carried) await this.tokens.revoke(token, clientOf(request));
    this.cookies.clear(response);
    if (explicit.length === 0) this.cookies.clearSiteData(response);
  }

  /** Ends a session whose cookies are overwritten: nobody could log out of it anymore, or find it after a new login. */
  private async begin(request: AuthRequest, response: unknown, tokens: TokenPair): Promise<TokenResponse> {
    const transport = requestedTransport(request);
    const overwritten = transport === 'cookie' ? this.cookies.refreshToken(request) : undefined;
    if (overwritten !== undefined) await this.tokens.revoke(overwritten);
    return this.orEnd(tokens, () => this.deliver(response, tokens, transport));
  }

  /** If the work fails, the client never learns of the new session, so nobody else could end it. */
  private async orEnd<T>(tokens: TokenPair, work: () => T | Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      await this.tokens.revoke(tokens.refreshToken);
      throw error instanceof HttpException ? error : new InternalError({ cause: error });
    }
  }

  /** With the cookie transport, tokens are in cookies only, so that scripts on the page cannot read them. */
  private deliver(response: unknown, tokens: TokenPair, transport: TokenTransport): TokenResponse {
    if (transport === 'body') return tokens;
    this.cookies.set(response, tokens);
    const { expiresIn, refreshExpiresIn, sessionExpiresAt } = tokens;
    return { expiresIn, refreshExpiresIn, sessionExpiresAt };
  }
}
