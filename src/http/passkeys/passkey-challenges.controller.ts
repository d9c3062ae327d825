import { Controller, HttpCode, Post, Req, UseGuards, UsePipes, VERSION_NEUTRAL } from '@nestjs/common';
import { ActionTokenInvalidError } from '../../errors/auth-errors.js';
import { MfaTickets } from '../../mfa/mfa-tickets.js';
import { type Offered, PasskeyOptions, type PasskeyRequestOptions } from '../../passkeys/passkey-options.js';
import type { AuthRequest } from '../../transports/auth-request.js';
import type { AuthUser } from '../../transports/auth-user.js';
import { CsrfGuard } from '../browser/csrf.guard.js';
import { JsonBodyGuard } from '../browser/json-body.guard.js';
import { CurrentUser } from '../decorators/current-user.decorator.js';
import { Public } from '../decorators/public.decorator.js';
import { JwtAuthGuard } from '../guards/jwt-auth.guard.js';
import { NoStoreGuard } from '../guards/no-store.guard.js';
import { FactorAccess } from '../mfa/factor-access.js';
import { RateLimited } from '../rate-limits/rate-limited.decorator.js';
import { AuthEndpoints } from '../shared/auth-endpoints.decorator.js';
import { ValidBody } from '../shared/valid.decorator.js';
import { bodyValidation } from '../shared/validation.pipe.js';
import { MfaOptionsDto } from './passkey.dto.js';

/** The endpoints at which a passkey begins to be used as a second factor. */
@Controller({ path: 'auth', version: VERSION_NEUTRAL })
@UseGuards(NoStoreGuard, JsonBodyGuard, CsrfGuard)
@UsePipes(bodyValidation)
@AuthEndpoints()
export class PasskeyChallengesController {
  constructor(
    private readonly options: PasskeyOptions,
    private readonly tickets: MfaTickets,
    private readonly access: FactorAccess,
  ) {}

  /** `POST /auth/login/mfa/options`: what the browser needs for the second step of a login. */
  @Public()
  @RateLimited('login')
  @Post('login/mfa/options')
  @HttpCode(200)
  async forLogin(
    @ValidBody() { mfaToken }: MfaOptionsDto,
    @Req() request: AuthRequest,
  ): Promise<Offered<PasskeyRequestOptions>> {
    const token = mfaToken ?? this.access.ticketIn(request);
    if (token === undefined)
      throw new ActionTokenInvalidError({ message: 'Log in with the password first.' });
    const { user, presented } = await this.tickets.read(token, 'login-mfa');
    return this.options.toProve(user.id, 'login', presented.action.id);
  }

  /** `POST /auth/step-up/options`: what the browser needs for a step-up. */
  @UseGuards(JwtAuthGuard)
  @RateLimited('password')
  @Post('step-up/options')
  @HttpCode(200)
  async forStepUp(@CurrentUser() { id, sessionId }: AuthUser): Promise<Offered<PasskeyRequestOptions>> {
    return this.options.toProve(id, 'step-up', sessionId);
  }
}
