// Your own login, refresh and logout, with the same transports, rate limits, CSRF check and headers as ours.
import { Controller, HttpCode, Post, Req, Res, UseFilters, UseGuards } from '@nestjs/common';
import {
  AuthEndpoints,
  AuthModule,
  type AuthRequest,
  AuthResponses,
  AuthService,
  ClearsCookies,
  clientOf,
  CookieClearingFilter,
  CookiesUnless,
  CsrfGuard,
  CurrentUser,
  JsonBodyGuard,
  LoginDto,
  NoStore,
  PresentedRefreshGuard,
  type PresentedRefreshToken,
  Public,
  RateLimited,
  RefreshTokenDto,
  ValidBody,
} from 'latchkey';

@Public()
@Controller('account')
@NoStore()
@UseGuards(JsonBodyGuard, CsrfGuard)
@AuthEndpoints()
export class LoginController {
  constructor(
    private readonly auth: AuthService,
    private readonly responses: AuthResponses,
  ) {}

  @RateLimited('login')
  @Post('login')
  @HttpCode(200)
  async login(
    @ValidBody() body: LoginDto,
    @Req() request: AuthRequest,
    @Res({ passthrough: true }) response: object,
  ) {
    const end = await this.auth.login(body, clientOf(request), this.responses.deviceProof(request));
    return this.responses.signedIn(end, request, response);
  }

  @CookiesUnless('body')
  @UseGuards(PresentedRefreshGuard)
  @RateLimited('refresh') // applied from the bottom up, so it counts before the guard looks at the token
  @UseFilters(CookieClearingFilter)
  @Post('refresh')
  @HttpCode(200)
  refresh(
    @CurrentUser() presented: PresentedRefreshToken,
    @Req() request: AuthRequest,
    @Res({ passthrough: true }) response: object,
  ) {
    return this.responses.refreshed(presented, request, response);
  }

  @CookiesUnless('body', 'bearer')
  @ClearsCookies()
  @RateLimited('logout')
  @Post('logout')
  @HttpCode(204)
  logout(
    @ValidBody() _body: RefreshTokenDto,
    @Req() request: AuthRequest,
    @Res({ passthrough: true }) response: object,
  ) {
    return this.responses.loggedOut(request, response);
  }
}

export const authModule = AuthModule.forRoot({
  jwt: {
    accessSecret: process.env.JWT_ACCESS_SECRET!,
    refreshSecret: process.env.JWT_REFRESH_SECRET!,
  },
  controllers: [LoginController],
});
