import {
  Controller,
  HttpCode,
  Param,
  Post,
  Req,
  Res,
  UseGuards,
  UsePipes,
  VERSION_NEUTRAL,
} from '@nestjs/common';
import type { FactorAdded } from '../../mfa/factor-changes.js';
import { type NewAuthenticator, TotpEnrolment } from '../../mfa/totp-enrolment.js';
import type { AuthRequest } from '../../transports/auth-request.js';
import type { AuthUser } from '../../transports/auth-user.js';
import { JsonBodyGuard } from '../browser/json-body.guard.js';
import { CurrentUser } from '../decorators/current-user.decorator.js';
import { OptionalAuth } from '../decorators/public.decorator.js';
import { JwtAuthGuard } from '../guards/jwt-auth.guard.js';
import { NoStoreGuard } from '../guards/no-store.guard.js';
import { RateLimited } from '../rate-limits/rate-limited.decorator.js';
import { AuthEndpoints } from '../shared/auth-endpoints.decorator.js';
import { clientOf } from '../shared/client-of.js';
import { ValidBody } from '../shared/valid.decorator.js';
import { bodyValidation } from '../shared/validation.pipe.js';
import { FactorAccess } from './factor-access.js';
import { MfaCookies } from './mfa-cookies.js';
import { ConfirmTotpDto, NewTotpDto } from './totp.dto.js';

/** The endpoints that add authenticator apps: for signed-in users, and for whoever must set up a factor to log in. */
@Controller({ path: 'auth/totp', version: VERSION_NEUTRAL })
@OptionalAuth()
@UseGuards(NoStoreGuard, JsonBodyGuard, JwtAuthGuard)
@UsePipes(bodyValidation)
@AuthEndpoints()
export class TotpController {
  constructor(
    private readonly totps: TotpEnrolment,
    private readonly access: FactorAccess,
    private readonly cookies: MfaCookies,
  ) {}

  /** `POST /auth/totp`: 201 with the secret, which is shown this once. It must be confirmed within 15 minutes. */
  @RateLimited('password')
  @Post()
  async begin(
    @CurrentUser() user: AuthUser | undefined,
    @ValidBody() body: NewTotpDto,
    @Req() request: AuthRequest,
  ): Promise<NewAuthenticator> {
    const { email, ...owner } = await this.access.enrolling(user, body, request, true);
    return this.totps.begin(owner, email, body.name ?? null);
  }

  /** `POST /auth/totp/:id/confirm`: 200, with recovery codes if this is the first factor. */
  @RateLimited('password')
  @Post(':id/confirm')
  @HttpCode(200)
  async confirm(
    @CurrentUser() user: AuthUser | undefined,
    @Param('id') id: string,
    @ValidBody() body: ConfirmTotpDto,
    @Req() request: AuthRequest,
    @Res({ passthrough: true }) response: unknown,
  ): Promise<FactorAdded> {
    const { email: _email, ...owner } = await this.access.enrolling(user, body, request, false);
    const added = await this.totps.confirm(owner, id, body.code, clientOf(request));
    if (owner.sessionId === undefined) this.cookies.forgetTicket(request, response);
    return added;
  }
}
