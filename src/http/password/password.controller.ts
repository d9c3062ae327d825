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
import { AuthService } from '../../accounts/auth.service.js';
import { CsrfGuard } from '../browser/csrf.guard.js';
import { JsonBodyGuard } from '../browser/json-body.guard.js';
import { CurrentUser } from '../decorators/current-user.decorator.js';
import { JwtAuthGuard } from '../guards/jwt-auth.guard.js';
import { NoStoreGuard } from '../guards/no-store.guard.js';
import { AuthResponses } from '../sign-in/auth-responses.js';
import { RateLimited } from '../rate-limits/rate-limited.decorator.js';
import { AuthEndpoints } from '../shared/auth-endpoints.decorator.js';
import { ValidBody } from '../shared/valid.decorator.js';
import type { AuthRequest } from '../../transports/auth-request.js';
import type { AuthUser } from '../../transports/auth-user.js';
import { clientOf } from '../shared/client-of.js';
import { bodyValidation } from '../shared/validation.pipe.js';
import { ChangePasswordDto } from './change-password.dto.js';

/** The endpoint for a user's own password. */
@Controller({ path: 'auth', version: VERSION_NEUTRAL })
@UseGuards(NoStoreGuard, JsonBodyGuard, CsrfGuard)
@UsePipes(bodyValidation)
@AuthEndpoints()
export class PasswordController {
  // Not in the constructor, which subclasses of hosts call.
  @Inject(AuthResponses) private readonly responses: AuthResponses;

  constructor(private readonly auth: AuthService) {}

  /** `POST /auth/password`: changes the password and ends all other sessions. */
  @RateLimited('password')
  @UseGuards(JwtAuthGuard)
  @Post('password')
  @HttpCode(204)
  async changePassword(
    @CurrentUser() user: AuthUser,
    @ValidBody() body: ChangePasswordDto,
    @Req() request: AuthRequest,
    @Res({ passthrough: true }) response: unknown,
  ): Promise<void> {
    const { id, sessionId } = user;
    const changed = await this.auth.changePassword({ id, sessionId }, body, clientOf(request));
    this.responses.passwordChanged(changed, request, response);
  }
}
