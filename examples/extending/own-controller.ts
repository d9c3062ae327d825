// Your own endpoints instead of Latchkey's: other paths and other answers, with the same rules behind them.
import { Body, Controller, Headers, HttpCode, Ip, Post } from '@nestjs/common';
import {
  AuthModule,
  AuthService,
  LoginDto,
  MfaRequiredError,
  Public,
  RefreshTokenDto,
  TokensService,
} from 'latchkey';

@Public()
@Controller('account')
export class AccountController {
  constructor(
    private readonly auth: AuthService,
    private readonly tokens: TokensService,
  ) {}

  @Post('sign-in')
  @HttpCode(200)
  async signIn(@Body() body: LoginDto, @Ip() ip: string, @Headers('user-agent') userAgent?: string) {
    const login = await this.auth.login(body, { ip, userAgent });
    // With second factors, this would hand out the ticket for the second step.
    if (login.outcome !== 'signed-in') throw new MfaRequiredError();
    const { user, tokens } = login;
    return { hello: user.name ?? user.email, ...tokens };
  }

  @Post('renew')
  @HttpCode(200)
  renew(@Body() { refreshToken }: RefreshTokenDto) {
    return this.tokens.rotate(refreshToken ?? '');
  }
}

export const authModule = AuthModule.forRoot({
  jwt: {
    accessSecret: process.env.JWT_ACCESS_SECRET!,
    refreshSecret: process.env.JWT_REFRESH_SECRET!,
  },
  controllers: [AccountController],
});
