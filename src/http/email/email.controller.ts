import { Controller, HttpCode, Post, Req, UseGuards, UsePipes, VERSION_NEUTRAL } from '@nestjs/common';
import { EmailChange } from '../../accounts/email-change.js';
import { EmailVerification } from '../../accounts/email-verification.js';
import type { AuthRequest } from '../../transports/auth-request.js';
import type { AuthUser } from '../../transports/auth-user.js';
import { CsrfGuard } from '../browser/csrf.guard.js';
import { JsonBodyGuard } from '../browser/json-body.guard.js';
import { CurrentUser } from '../decorators/current-user.decorator.js';
import { Public } from '../decorators/public.decorator.js';
import { JwtAuthGuard } from '../guards/jwt-auth.guard.js';
import { NoStoreGuard } from '../guards/no-store.guard.js';
import { acrOf, OwnerGuard } from '../guards/owner.guard.js';
import { RateLimited } from '../rate-limits/rate-limited.decorator.js';
import { ActionTokenDto } from '../shared/action-token.dto.js';
import { AuthEndpoints } from '../shared/auth-endpoints.decorator.js';
import { clientOf } from '../shared/client-of.js';
import { ValidBody } from '../shared/valid.decorator.js';
import { bodyValidation } from '../shared/validation.pipe.js';
import { ChangeEmailDto } from './change-email.dto.js';

/** The endpoints for the address of an account: proving it, and changing it. */
@Controller({ path: 'auth/email', version: VERSION_NEUTRAL })
@UseGuards(NoStoreGuard, JsonBodyGuard, CsrfGuard)
@UsePipes(bodyValidation)
@AuthEndpoints()
export class EmailController {
  constructor(
    private readonly verification: EmailVerification,
    private readonly changes: EmailChange,
  ) {}

  /** `POST /auth/email/verify`: the address of the link counts as proven. */
  @Public()
  @RateLimited('password')
  @Post('verify')
  @HttpCode(204)
  async verify(@ValidBody() { token }: ActionTokenDto, @Req() request: AuthRequest): Promise<void> {
    await this.verification.verify(token, clientOf(request));
  }

  /** `POST /auth/email/verification`: mails the link again. */
  @UseGuards(JwtAuthGuard)
  @RateLimited('mails')
  @Post('verification')
  @HttpCode(202)
  async resend(@CurrentUser() user: AuthUser): Promise<void> {
    await this.verification.request(user.id);
  }

  /** `POST /auth/email`: mails a link to the new address. The answer is the same for every address. */
  @UseGuards(JwtAuthGuard, OwnerGuard)
  @RateLimited('mails')
  @Post()
  @HttpCode(202)
  async change(
    @CurrentUser() user: AuthUser,
    @ValidBody() { newEmail }: ChangeEmailDto,
    @Req() request: AuthRequest,
  ): Promise<void> {
    const owner = { id: user.id, sessionId: user.sessionId, acr: acrOf(user) };
    await this.changes.request(owner, newEmail, clientOf(request));
  }

  /** `POST /auth/email/confirm`: the new address replaces the old one. */
  @Public()
  @RateLimited('password')
  @Post('confirm')
  @HttpCode(204)
  async confirm(@ValidBody() { token }: ActionTokenDto, @Req() request: AuthRequest): Promise<void> {
    await this.changes.confirm(token, clientOf(request));
  }

  /** `POST /auth/email/undo`: gives the account back to the owner of the old address. */
  @Public()
  @RateLimited('password')
  @Post('undo')
  @HttpCode(204)
  async undo(@ValidBody() { token }: ActionTokenDto, @Req() request: AuthRequest): Promise<void> {
    await this.changes.undo(token, clientOf(request));
  }
}
