import {
  Controller,
  Get,
  HttpCode,
  Post,
  Req,
  Res,
  UseFilters,
  UseGuards,
  UsePipes,
  VERSION_NEUTRAL,
} from '@nestjs/common';
import { AuthError } from '../../errors/auth-error.js';
import { InternalError } from '../../errors/auth-errors.js';
import { TokensService } from '../../tokens/tokens.service.js';
import type { TokenPair } from '../../tokens/token-types.js';
import { AuthEndpoints } from '../shared/auth-endpoints.decorator.js';
import { ValidBody } from '../shared/valid.decorator.js';
import type { AuthRequest } from '../../transports/auth-request.js';
import { clientOf } from '../shared/client-of.js';
import type { LoginOutcome } from '../../accounts/login-outcome.js';
import { AuthService } from '../../accounts/auth.service.js';
import type { AuthUser } from '../../transports/auth-user.js';
import { CsrfGuard } from '../browser/csrf.guard.js';
import { ClearsCookies, CookiesUnless } from '../browser/explicit-credential.decorator.js';
import { JsonBodyGuard } from '../browser/json-body.guard.js';
import { CookieClearingFilter } from '../browser/cookie-clearing.filter.js';
import { CurrentUser } from '../decorators/current-user.decorator.js';
import { Public } from '../decorators/public.decorator.js';
import type { AuthResponse, TokenResponse } from './auth-response.js';
import { LoginDto } from './login.dto.js';
import { RefreshTokenDto } from './refresh-token.dto.js';
import { RegisterDto } from './register.dto.js';
import { bodyValidation } from '../shared/validation.pipe.js';
import { JwtAuthGuard } from '../guards/jwt-auth.guard.js';
import { NoStoreGuard } from '../guards/no-store.guard.js';
import { PresentedRefreshGuard } from '../guards/presented-refresh.guard.js';
import { RateLimited } from '../rate-limits/rate-limited.decorator.js';
import { SessionCookies } from '../browser/session-cookies.js';
import { bearerToken } from '../strategies/bearer-token.js';
import type { PresentedRefreshToken } from '../strategies/refresh-jwt.strategy.js';
import { requestedTransport, type TokenTransport } from '../shared/token-transport.js';
import { type UserView, toUserView } from './user-view.js';

/** The REST endpoints under `/auth`. Responses contain tokens or personal data, so no cache may store them. */
@Controller({ path: 'auth', version: VERSION_NEUTRAL })
@UseGuards(NoStoreGuard, JsonBodyGuard, CsrfGuard)
@UsePipes(bodyValidation)
@AuthEndpoints()
export class AuthController {
  constructor(
    private readonly auth: AuthService,
    private readonly tokens: TokensService,
    private readonly cookies: SessionCookies,
  ) {}

  /** `POST /auth/register`: 201 with the user and tokens. */
  @Public()
  @RateLimited('register')
  @Post('register')
  async register(
    @ValidBody() body: RegisterDto,
    @Req() request: AuthRequest,
    @Res({ passthrough: true }) response: unknown,
  ): Promise<AuthResponse> {
    return this.answer(await this.auth.register(body, clientOf(request)), request, response);
  }

  /** `POST /auth/login`: 200 with the user and tokens. Unknown accounts and wrong passwords look the same. */
  @Public()
  @RateLimited('login')
  @Post('login')
  @HttpCode(200)
  async login(
    @ValidBody() body: LoginDto,
    @Req() request: AuthRequest,
    @Res({ passthrough: true }) response: unknown,
  ): Promise<AuthResponse> {
    const knownUser = await this.userOfCookie(request);
    return this.answer(await this.auth.login(body, clientOf(request), knownUser), request, response);
  }

  /** `POST /auth/refresh`: new tokens, by the transport of the old one. A permanent failure clears the cookies. */
  @Public()
  @CookiesUnless('body')
  // Decorators apply from the bottom up: the rate limit counts before the guard looks at the token.
  @UseGuards(PresentedRefreshGuard)
  @RateLimited('refresh')
  @UseFilters(CookieClearingFilter)
  @Post('refresh')
  @HttpCode(200)
  async refresh(
    @CurrentUser() presented: PresentedRefreshToken,
    @Req() request: AuthRequest,
    @Res({ passthrough: true }) response: unknown,
  ): Promise<TokenResponse> {
    const limits = presented.transport === 'cookie' ? this.cookies : undefined;
    const tokens = await this.tokens.rotate(presented.claims, clientOf(request), limits);
    return this.deliver(response, tokens, presented.transport);
  }

  /**
   * `POST /auth/logout`: ends the sessions of all tokens in the request, expired or not. That includes the cookies:
   * they are cleared, so their session could not be ended later.
   */
  @Public()
  @CookiesUnless('body', 'bearer')
  @ClearsCookies()
  @RateLimited('logout')
  @Post('logout')
  @HttpCode(204)
  async logout(
    @ValidBody() { refreshToken }: RefreshTokenDto,
    @Req() request: AuthRequest,
    @Res({ passthrough: true }) response: unknown,
  ): Promise<void> {
    const explicit = [refreshToken, bearerToken(request)].filter((token) => token != null);
    const inCookies = [this.cookies.refreshToken(request), this.cookies.accessToken(request)];
    const carried = new Set([...explicit, ...inCookies].filter((token) => token !== undefined));
    for (const token of carried) await this.tokens.revoke(token, clientOf(request));
    this.cookies.clear(response);
    if (explicit.length === 0) this.cookies.clearSiteData(response);
  }

  /** `POST /auth/logout-all`: ends every session of the user. */
  @ClearsCookies()
  @UseGuards(JwtAuthGuard)
  @RateLimited('logout')
  @Post('logout-all')
  @HttpCode(204)
  async logoutAll(
    @CurrentUser() user: AuthUser,
    @Req() request: AuthRequest,
    @Res({ passthrough: true }) response: unknown,
  ): Promise<void> {
    await this.tokens.revokeUserSessions(user.id, 'logout-all', undefined, clientOf(request));
    this.cookies.clear(response);
    if (bearerToken(request) === null) this.cookies.clearSiteData(response);
  }

  /** `GET /auth/me`: the user as stored now. */
  @UseGuards(JwtAuthGuard)
  @Get('me')
  async me(@CurrentUser() user: AuthUser): Promise<{ user: UserView }> {
    return { user: toUserView(await this.auth.me(user.id)) };
  }

  /** Who logged in with this browser before. The session may have expired or ended: the cookie proves that there was one. */
  private async userOfCookie(request: AuthRequest): Promise<string | undefined> {
    const token = this.cookies.refreshToken(request);
    if (token === undefined) return undefined;
    const claims = await this.tokens.verifyRefreshToken(token).catch(() => undefined);
    return claims?.sub;
  }

  /** Returns the response body for the outcome of a login or registration. */
  private async answer(end: LoginOutcome, request: AuthRequest, response: unknown): Promise<AuthResponse> {
    switch (end.outcome) {
      case 'signed-in':
        return { ...(await this.begin(request, response, end.tokens)), user: toUserView(end.user) };
    }
  }

  /** Ends a session whose cookies are overwritten: nobody could log out of it anymore, or find it after a new login. */
  private async begin(request: AuthRequest, response: unknown, tokens: TokenPair): Promise<TokenResponse> {
    const transport = requestedTransport(request);
    const overwritten = transport === 'cookie' ? this.cookies.refreshToken(request) : undefined;
    if (overwritten !== undefined) await this.tokens.revoke(overwritten);
    try {
      return this.deliver(response, tokens, transport);
    } catch (error) {
      // The client never learns of this session, so nobody could end it.
      await this.tokens.revoke(tokens.refreshToken);
      throw error instanceof AuthError ? error : new InternalError({ cause: error });
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
