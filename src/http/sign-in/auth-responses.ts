import { HttpException } from '@nestjs/common';
import type { LoginOutcome } from '../../accounts/login-outcome.js';
import type { PasswordChanged } from '../../accounts/password-change.js';
import type { SteppedUp } from '../../accounts/step-up.js';
import type { UserViews } from '../../accounts/user-views.js';
import { InternalError, MfaEnrolmentRequiredError, MfaRequiredError } from '../../errors/auth-errors.js';
import type { TicketPurpose } from '../../mfa/mfa-tickets.js';
import type { TokenLimits, TokenPair } from '../../tokens/token-types.js';
import type { TokensService } from '../../tokens/tokens.service.js';
import type { AuthRequest } from '../../transports/auth-request.js';
import type { MfaCookies } from '../mfa/mfa-cookies.js';
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
    private readonly mfaCookies?: MfaCookies,
  ) {}

  /** What the cookie of a trusted device holds, for `AuthService.login`. */
  trustedDevice(request: AuthRequest): string | undefined {
    return this.mfaCookies?.trustedDevice(request);
  }

  /** The proof that this device has logged in before, for `AuthService.login`: in the body, or else in its cookie. */
  deviceProof(request: AuthRequest): string | undefined {
    const { deviceProof } = Object(request.body) as { deviceProof?: unknown };
    return typeof deviceProof === 'string' ? deviceProof : this.cookies.deviceProof(request);
  }

  /**
   * Returns the response body for a login or registration, and sets cookies if the request asks for them with
   * `X-Auth-Transport: cookie`. Ends a session whose cookies are overwritten.
   * @throws MfaRequiredError | MfaEnrolmentRequiredError if no session has started; the ticket travels as tokens would
   */
  async signedIn(end: LoginOutcome, request: AuthRequest, response: unknown): Promise<AuthResponse> {
    switch (end.outcome) {
      case 'signed-in': {
        this.mfaCookies?.forgetTicket(request, response);
        const user = await this.orEnd(end.tokens, () => this.views.of(end.user));
        const tokens = await this.begin(request, response, end.tokens);
        if (requestedTransport(request) === 'body') this.cookies.tellDevice(response, end.deviceProof);
        else this.cookies.setDevice(response, end.deviceProof);
        if (end.trustedDevice !== undefined) this.mfaCookies?.setTrustedDevice(response, end.trustedDevice);
        return { ...tokens, user };
      }
      case 'second-factor-needed': {
        const { mfaToken, methods } = end;
        throw new MfaRequiredError({
          more: { ...this.ticket(mfaToken, 'login-mfa', request, response), methods },
        });
      }
      case 'enrolment-needed':
        throw new MfaEnrolmentRequiredError({
          more: this.ticket(end.mfaToken, 'enrol-mfa', request, response),
        });
    }
  }

  /** After a change of the password: whoever is logged in by cookies gets a new proof in its cookie. */
  passwordChanged({ deviceProof }: PasswordChanged, request: AuthRequest, response: unknown): void {
    const isInCookie = bearerToken(request) === null && this.cookies.accessToken(request) !== undefined;
    if (isInCookie) this.cookies.setDevice(response, deviceProof);
  }

  /** After a reset by link: a browser that asks for cookies gets a proof in one. */
  passwordReset({ deviceProof }: PasswordChanged, request: AuthRequest, response: unknown): void {
    if (requestedTransport(request) === 'cookie') this.cookies.setDevice(response, deviceProof);
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

  /** What the way of a request's access token back to the client permits: pass it to `AuthService.stepUp`. */
  limitsOf(request: AuthRequest): TokenLimits | undefined {
    return bearerToken(request) === null ? this.cookies : undefined;
  }

  /** Returns the response body for a step-up; the new access token travels as the old one did. */
  async steppedUp(
    { user, tokens }: SteppedUp,
    request: AuthRequest,
    response: unknown,
  ): Promise<AuthResponse> {
    const view = await this.views.of(user);
    if (bearerToken(request) !== null) return { ...tokens, user: view };
    // Not the refresh token: a refresh at the same time may have set a newer one.
    this.cookies.setAccess(response, tokens);
    return { ...lifetimesOf(tokens), user: view };
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

  /** A ticket for the body, or in its cookie. */
  private ticket(
    mfaToken: string,
    purpose: TicketPurpose,
    request: AuthRequest,
    response: unknown,
  ): { mfaToken?: string } {
    if (requestedTransport(request) === 'body' || !this.mfaCookies) return { mfaToken };
    this.mfaCookies.setTicket(response, mfaToken, purpose);
    return {};
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
    return lifetimesOf(tokens);
  }
}

function lifetimesOf({ expiresIn, refreshExpiresIn, sessionExpiresAt }: TokenPair): TokenResponse {
  return { expiresIn, refreshExpiresIn, sessionExpiresAt };
}
