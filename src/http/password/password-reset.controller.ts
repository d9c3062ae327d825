import {
  Controller,
  HttpCode,
  Inject,
  Post,
  Req,
  Res,
  UseGuards,
  UsePipes,
  VERSION_NEUTRAL,
} from '@nestjs/common';
import { PasswordReset } from '../../accounts/password-reset.js';
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
import { AuthResponses } from '../sign-in/auth-responses.js';
import { ForgotPasswordDto } from './forgot-password.dto.js';
import { ResetPasswordDto } from './reset-password.dto.js';

/** The endpoints for whoever has forgotten the password. */
@Controller({ path: 'auth/password', version: VERSION_NEUTRAL })
@UseGuards(NoStoreGuard, JsonBodyGuard, CsrfGuard)
@UsePipes(bodyValidation)
@AuthEndpoints()
export class PasswordResetController {
  // Not in the constructor, which subclasses of hosts call.
  @Inject(AuthResponses) private readonly responses: AuthResponses;

  constructor(private readonly resets: PasswordReset) {}

  /** `POST /auth/password/forgot`: mails a link. The answer is the same for every address. */
  @Public()
  @RateLimited('mails')
  @Post('forgot')
  @HttpCode(202)
  async forgot(@ValidBody() { email }: ForgotPasswordDto, @Req() request: AuthRequest): Promise<void> {
    await this.resets.request(email, clientOf(request));
  }

  /** `POST /auth/password/reset`: replaces the password and ends all sessions. Does not start one, but a browser is known then. */
  @Public()
  @RateLimited('password')
  @Post('reset')
  @HttpCode(204)
  async reset(
    @ValidBody() body: ResetPasswordDto,
    @Req() request: AuthRequest,
    @Res({ passthrough: true }) response: unknown,
  ): Promise<void> {
    const changed = await this.resets.reset(body, clientOf(request));
    this.responses.passwordReset(changed, request, response);
  }
}
