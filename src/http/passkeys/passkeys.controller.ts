import {
  Controller,
  Get,
  HttpCode,
  Inject,
  Param,
  Patch,
  Post,
  Req,
  Res,
  UseGuards,
  UsePipes,
  VERSION_NEUTRAL,
} from '@nestjs/common';
import { AuthService } from '../../accounts/auth.service.js';
import { ResolvedAuthOptions } from '../../options/resolve-options.js';
import type { Offered, PasskeyCreationOptions } from '../../passkeys/passkey-options.js';
import { type AddedPasskey, PasskeyRegistration } from '../../passkeys/passkey-registration.js';
import { type PasskeySignals, passkeySignals } from '../../passkeys/passkey-signals.js';
import { PasskeyStore } from '../../passkeys/passkey-store.js';
import type { AuthRequest } from '../../transports/auth-request.js';
import type { AuthUser } from '../../transports/auth-user.js';
import { JsonBodyGuard } from '../browser/json-body.guard.js';
import { CurrentUser } from '../decorators/current-user.decorator.js';
import { OptionalAuth } from '../decorators/public.decorator.js';
import { JwtAuthGuard } from '../guards/jwt-auth.guard.js';
import { NoStoreGuard } from '../guards/no-store.guard.js';
import { FactorAccess } from '../mfa/factor-access.js';
import { MfaCookies } from '../mfa/mfa-cookies.js';
import { EnrolmentDto } from '../mfa/totp.dto.js';
import { RateLimited } from '../rate-limits/rate-limited.decorator.js';
import { AuthEndpoints } from '../shared/auth-endpoints.decorator.js';
import { clientOf } from '../shared/client-of.js';
import { ValidBody } from '../shared/valid.decorator.js';
import { bodyValidation } from '../shared/validation.pipe.js';
import { AddPasskeyDto, RenamePasskeyDto } from './passkey.dto.js';

/** The endpoints that add and rename passkeys. They are listed and removed as factors. */
@Controller({ path: 'auth/passkeys', version: VERSION_NEUTRAL })
@UseGuards(NoStoreGuard, JsonBodyGuard, JwtAuthGuard)
@UsePipes(bodyValidation)
@AuthEndpoints()
export class PasskeysController {
  constructor(
    private readonly registration: PasskeyRegistration,
    private readonly access: FactorAccess,
    private readonly cookies: MfaCookies,
    private readonly auth: AuthService,
    @Inject(PasskeyStore) private readonly passkeys: PasskeyStore,
    @Inject(ResolvedAuthOptions) private readonly options: ResolvedAuthOptions,
  ) {}

  /** `POST /auth/passkeys/options`: what the browser needs to create a passkey. */
  @OptionalAuth()
  @RateLimited('password')
  @Post('options')
  @HttpCode(200)
  async begin(
    @CurrentUser() user: AuthUser | undefined,
    @ValidBody() body: EnrolmentDto,
    @Req() request: AuthRequest,
  ): Promise<Offered<PasskeyCreationOptions>> {
    const { email: _email, ...owner } = await this.access.enrolling(user, body, request, true);
    return this.registration.begin(owner);
  }

  /** `POST /auth/passkeys`: 201, with recovery codes if this is the first factor. */
  @OptionalAuth()
  @RateLimited('password')
  @Post()
  async add(
    @CurrentUser() user: AuthUser | undefined,
    @ValidBody() body: AddPasskeyDto,
    @Req() request: AuthRequest,
    @Res({ passthrough: true }) response: unknown,
  ): Promise<AddedPasskey> {
    const { email: _email, ...owner } = await this.access.enrolling(user, body, request, true);
    const added = await this.registration.add(owner, body, clientOf(request));
    if (owner.sessionId === undefined) this.cookies.forgetTicket(request, response);
    return added;
  }

  /** `PATCH /auth/passkeys/:id`: renames a passkey. */
  @RateLimited('password')
  @Patch(':id')
  async rename(
    @CurrentUser() user: AuthUser,
    @Param('id') id: string,
    @ValidBody() { name }: RenamePasskeyDto,
    @Req() request: AuthRequest,
  ): Promise<{ id: string; name: string }> {
    const owner = { id: user.id, sessionId: user.sessionId };
    return this.registration.rename(owner, id, name, clientOf(request));
  }

  /** `GET /auth/passkeys/signals`: what to tell the browser after a login, a deletion or a change of the name. */
  @RateLimited('password')
  @Get('signals')
  async signals(@CurrentUser() user: AuthUser): Promise<PasskeySignals> {
    return passkeySignals(this.passkeys, await this.auth.me(user.id), this.options.passkeys!.rpId);
  }
}
