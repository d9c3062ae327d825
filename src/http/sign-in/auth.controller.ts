import {
  Controller,
  Get,
  HttpCode,
  Inject,
  Post,
  Req,
  Res,
  UseFilters,
  UseGuards,
  UsePipes,
  VERSION_NEUTRAL,
} from '@nestjs/common';
import { TokensService } from '../../tokens/tokens.service.js';
import { AuthEndpoints } from '../shared/auth-endpoints.decorator.js';
import { ValidBody } from '../shared/valid.decorator.js';
import type { AuthRequest } from '../../transports/auth-request.js';
import { clientOf } from '../shared/client-of.js';
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
import { RegisterDto } from '../../users/register.dto.js';
import { bodyValidation } from '../shared/validation.pipe.js';
import { JwtAuthGuard } from '../guards/jwt-auth.guard.js';
import { NoStoreGuard } from '../guards/no-store.guard.js';
import { PresentedRefreshGuard } from '../guards/presented-refresh.guard.js';
import { RateLimited } from '../rate-limits/rate-limited.decorator.js';
import { SessionCookies } from '../browser/session-cookies.js';
import { bearerToken } from '../strategies/bearer-token.js';
import type { PresentedRefreshToken } from '../strategies/refresh-jwt.strategy.js';
import { AuthResponses } from './auth-responses.js';
import { fieldsOf, RegisterBody, RegisterBodyPipe } from './register-body.js';
import type { UserView } from '../../accounts/user-view.js';
import { UserViews } from '../../accounts/user-views.js';

/** The REST endpoints under `/auth`. Responses contain tokens or personal data, so no cache may store them. */
@Controller({ path: 'auth', version: VERSION_NEUTRAL })
@UseGuards(NoStoreGuard, JsonBodyGuard, CsrfGuard)
@UsePipes(bodyValidation)
@AuthEndpoints()
export class AuthController {
  // Not in the constructor, which subclasses of hosts call.
  @Inject(AuthResponses) private readonly responses: AuthResponses;
  @Inject(UserViews) private readonly views: UserViews;
  @Inject(RegisterBody) private readonly registerBody: new () => RegisterDto;

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
    @ValidBody(RegisterBodyPipe) body: RegisterDto,
    @Req() request: AuthRequest,
    @Res({ passthrough: true }) response: unknown,
  ): Promise<AuthResponse> {
    const fields = fieldsOf(body, this.registerBody);
    const end = await this.auth.register(body, clientOf(request), fields);
    return this.responses.signedIn(end, request, response);
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
    const { responses } = this;
    const end = await this.auth.login(
      body,
      clientOf(request),
      responses.deviceProof(request),
      responses.trustedDevice(request),
    );
    return this.responses.signedIn(end, request, response);
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
    return this.responses.refreshed(presented, request, response);
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
    await this.responses.loggedOut(request, response, refreshToken ?? null);
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
    return { user: await this.views.of(await this.auth.me(user.id)) };
  }
}
