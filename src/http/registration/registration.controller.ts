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
import { PendingRegistrations } from '../../accounts/pending-registration.js';
import type { AuthRequest } from '../../transports/auth-request.js';
import { RegisterDto } from '../../users/register.dto.js';
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
import { fieldsOf, RegisterBody, RegisterBodyPipe } from '../sign-in/register-body.js';
import { BindingCookie } from './binding-cookie.js';
import { ConfirmRegistrationDto } from './confirm-registration.dto.js';

/** Registration where addresses must be proven first. Replaces the route of `AuthController`. */
@Controller({ path: 'auth', version: VERSION_NEUTRAL })
@UseGuards(NoStoreGuard, JsonBodyGuard, CsrfGuard)
@UsePipes(bodyValidation)
@AuthEndpoints()
export class RegistrationController {
  // Not in the constructor, which subclasses of hosts call.
  @Inject(CsrfGuard) private readonly csrf: CsrfGuard;

  constructor(
    private readonly registrations: PendingRegistrations,
    private readonly responses: AuthResponses,
    private readonly cookie: BindingCookie,
    @Inject(RegisterBody) private readonly registerBody: new () => RegisterDto,
  ) {}

  /** `POST /auth/register`: mails a link. The answer is the same for every address. */
  @Public()
  @RateLimited('mails')
  @Post('register')
  @HttpCode(202)
  async begin(
    @ValidBody(RegisterBodyPipe) body: RegisterDto,
    @Req() request: AuthRequest,
    @Res({ passthrough: true }) response: unknown,
  ): Promise<void> {
    const fields = fieldsOf(body, this.registerBody);
    this.cookie.set(response, await this.registrations.begin(body, clientOf(request), fields));
  }

  /** `POST /auth/register/confirm`: 201 with the user and tokens. */
  @Public()
  @RateLimited('password')
  @Post('register/confirm')
  async confirm(
    @ValidBody() body: ConfirmRegistrationDto,
    @Req() request: AuthRequest,
    @Res({ passthrough: true }) response: unknown,
  ): Promise<AuthResponse> {
    const browser = this.cookie.read(request);
    if (browser !== undefined) this.csrf.assertOwnPage(request);
    const end = await this.registrations.confirm(body, browser, clientOf(request));
    this.cookie.clear(response);
    return this.responses.signedIn(end, request, response);
  }
}
