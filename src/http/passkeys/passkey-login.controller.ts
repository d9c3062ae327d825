import { Controller, HttpCode, Post, Req, Res, UseGuards, UsePipes, VERSION_NEUTRAL } from '@nestjs/common';
import { PasskeyLogin } from '../../passkeys/passkey-login.js';
import { type Offered, PasskeyOptions, type PasskeyRequestOptions } from '../../passkeys/passkey-options.js';
import type { AuthRequest } from '../../transports/auth-request.js';
import { CsrfGuard } from '../browser/csrf.guard.js';
import { JsonBodyGuard } from '../browser/json-body.guard.js';
import { Public } from '../decorators/public.decorator.js';
import { NoStoreGuard } from '../guards/no-store.guard.js';
import { RateLimited } from '../rate-limits/rate-limited.decorator.js';
import { AuthEndpoints } from '../shared/auth-endpoints.decorator.js';
import { clientOf } from '../shared/client-of.js';
import { ValidBody } from '../shared/valid.decorator.js';
import { bodyValidation } from '../shared/validation.pipe.js';
import type { AuthResponse } from '../sign-in/auth-response.js';
import { AuthResponses } from '../sign-in/auth-responses.js';
import { PresentedPasskeyDto } from './presented-passkey.dto.js';

/** The endpoints for a login with a passkey, without a user name and without a password. */
@Controller({ path: 'auth/login/passkey', version: VERSION_NEUTRAL })
@UseGuards(NoStoreGuard, JsonBodyGuard, CsrfGuard)
@UsePipes(bodyValidation)
@AuthEndpoints()
export class PasskeyLoginController {
  constructor(
    private readonly options: PasskeyOptions,
    private readonly logins: PasskeyLogin,
    private readonly responses: AuthResponses,
  ) {}

  /** `POST /auth/login/passkey/options`: what the browser needs to ask for any passkey. */
  @Public()
  @RateLimited('challenges')
  @Post('options')
  @HttpCode(200)
  async begin(): Promise<Offered<PasskeyRequestOptions>> {
    return this.options.toLogIn();
  }

  /** `POST /auth/login/passkey`: 200 with the user and tokens. */
  @Public()
  @RateLimited('login')
  @Post()
  @HttpCode(200)
  async login(
    @ValidBody() body: PresentedPasskeyDto,
    @Req() request: AuthRequest,
    @Res({ passthrough: true }) response: unknown,
  ): Promise<AuthResponse> {
    const end = await this.logins.withPasskey(body, clientOf(request));
    return this.responses.signedIn(end, request, response);
  }
}
