import { Controller, HttpCode, Post, Req, UseGuards, UsePipes, VERSION_NEUTRAL } from '@nestjs/common';
import { FactorReset } from '../../mfa/factor-reset.js';
import type { AuthRequest } from '../../transports/auth-request.js';
import { CsrfGuard } from '../browser/csrf.guard.js';
import { JsonBodyGuard } from '../browser/json-body.guard.js';
import { Public } from '../decorators/public.decorator.js';
import { NoStoreGuard } from '../guards/no-store.guard.js';
import { RateLimited } from '../rate-limits/rate-limited.decorator.js';
import { ActionTokenDto } from '../shared/action-token.dto.js';
import { AuthEndpoints } from '../shared/auth-endpoints.decorator.js';
import { clientOf } from '../shared/client-of.js';
import { ValidBody } from '../shared/valid.decorator.js';
import { bodyValidation } from '../shared/validation.pipe.js';

/** The endpoint for owners of whose factors an administrator has requested the removal. */
@Controller({ path: 'auth/factors/reset', version: VERSION_NEUTRAL })
@UseGuards(NoStoreGuard, JsonBodyGuard, CsrfGuard)
@UsePipes(bodyValidation)
@AuthEndpoints()
export class FactorResetController {
  constructor(private readonly resets: FactorReset) {}

  /** `POST /auth/factors/reset/cancel`: the second factors stay. */
  @Public()
  @RateLimited('password')
  @Post('cancel')
  @HttpCode(204)
  async cancel(@ValidBody() { token }: ActionTokenDto, @Req() request: AuthRequest): Promise<void> {
    await this.resets.cancelByLink(token, clientOf(request));
  }
}
