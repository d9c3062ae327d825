import { Controller, HttpCode, Post, Req, Res, UseGuards, UsePipes, VERSION_NEUTRAL } from '@nestjs/common';
import { AuthService } from '../../accounts/auth.service.js';
import { ActionTokenInvalidError } from '../../errors/auth-errors.js';
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
import { answerOf } from './factor-answer.js';
import { FactorAccess } from './factor-access.js';
import { LoginMfaDto } from './login-mfa.dto.js';

/** The second step of a login. */
@Controller({ path: 'auth/login', version: VERSION_NEUTRAL })
@UseGuards(NoStoreGuard, JsonBodyGuard, CsrfGuard)
@UsePipes(bodyValidation)
@AuthEndpoints()
export class LoginMfaController {
  constructor(
    private readonly auth: AuthService,
    private readonly responses: AuthResponses,
    private readonly access: FactorAccess,
  ) {}

  /** `POST /auth/login/mfa`: 200 with the user and tokens, once the second factor is proven. */
  @Public()
  @RateLimited('login')
  @Post('mfa')
  @HttpCode(200)
  async complete(
    @ValidBody() body: LoginMfaDto,
    @Req() request: AuthRequest,
    @Res({ passthrough: true }) response: unknown,
  ): Promise<AuthResponse> {
    const answer = answerOf(body);
    const mfaToken = body.mfaToken ?? this.access.ticketIn(request);
    if (mfaToken === undefined)
      throw new ActionTokenInvalidError({ message: 'Log in with the password first.' });
    const step = { mfaToken, answer, trustDevice: body.trustDevice ?? false };
    const end = await this.auth.completeLogin(step, clientOf(request));
    return this.responses.signedIn(end, request, response);
  }
}
