import {
  Controller,
  Delete,
  Get,
  HttpCode,
  Patch,
  Post,
  Req,
  Res,
  UseGuards,
  UsePipes,
  VERSION_NEUTRAL,
} from '@nestjs/common';
import { AccountClosing } from '../../accounts/account-closing.js';
import { AccountExport, type ExportedAccount } from '../../accounts/account-export.js';
import { NameChange } from '../../accounts/name-change.js';
import type { UserView } from '../../accounts/user-view.js';
import { UserViews } from '../../accounts/user-views.js';
import type { AuthRequest } from '../../transports/auth-request.js';
import type { AuthUser } from '../../transports/auth-user.js';
import { CsrfGuard } from '../browser/csrf.guard.js';
import { ClearsCookies } from '../browser/explicit-credential.decorator.js';
import { JsonBodyGuard } from '../browser/json-body.guard.js';
import { SessionCookies } from '../browser/session-cookies.js';
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
import { ChangeNameDto } from './change-name.dto.js';

/** The endpoints for a user's own account. */
@Controller({ path: 'auth/me', version: VERSION_NEUTRAL })
@UseGuards(NoStoreGuard, JsonBodyGuard, CsrfGuard)
@UsePipes(bodyValidation)
@AuthEndpoints()
export class AccountController {
  constructor(
    private readonly names: NameChange,
    private readonly closing: AccountClosing,
    private readonly exports: AccountExport,
    private readonly views: UserViews,
    private readonly cookies: SessionCookies,
  ) {}

  /** `PATCH /auth/me`: changes the display name. */
  @UseGuards(JwtAuthGuard)
  @RateLimited('password')
  @Patch()
  async changeName(
    @CurrentUser() user: AuthUser,
    @ValidBody() { name }: ChangeNameDto,
    @Req() request: AuthRequest,
  ): Promise<{ user: UserView }> {
    return { user: await this.views.of(await this.names.change(user.id, name, clientOf(request))) };
  }

  /** `DELETE /auth/me`: closes the account. It is deleted after two weeks, unless a mailed link prevents it. */
  @ClearsCookies()
  @UseGuards(JwtAuthGuard, OwnerGuard)
  @RateLimited('password')
  @Delete()
  @HttpCode(202)
  async close(
    @CurrentUser() user: AuthUser,
    @Req() request: AuthRequest,
    @Res({ passthrough: true }) response: unknown,
  ): Promise<void> {
    await this.closing.close(user.id, clientOf(request), acrOf(user), user.sessionId);
    this.cookies.clear(response);
  }

  /** `POST /auth/me/restore`: reopens a closed account. */
  @Public()
  @RateLimited('password')
  @Post('restore')
  @HttpCode(204)
  async restore(@ValidBody() { token }: ActionTokenDto, @Req() request: AuthRequest): Promise<void> {
    await this.closing.restore(token, clientOf(request));
  }

  /** `GET /auth/me/export`: everything that is kept about the user. */
  @UseGuards(JwtAuthGuard, OwnerGuard)
  @RateLimited('password')
  @Get('export')
  async exportData(@CurrentUser() user: AuthUser, @Req() request: AuthRequest): Promise<ExportedAccount> {
    return this.exports.of(user.id, clientOf(request), acrOf(user));
  }
}
