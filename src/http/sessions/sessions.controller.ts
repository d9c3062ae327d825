import {
  Controller,
  Delete,
  Get,
  HttpCode,
  Param,
  Req,
  Res,
  UseGuards,
  VERSION_NEUTRAL,
} from '@nestjs/common';
import { NotFoundError } from '../../errors/auth-errors.js';
import { TokensService } from '../../tokens/tokens.service.js';
import { AuthEndpoints } from '../shared/auth-endpoints.decorator.js';
import type { AuthRequest } from '../../transports/auth-request.js';
import { clientOf } from '../shared/client-of.js';
import type { AuthUser } from '../../transports/auth-user.js';
import { ClearsCookies } from '../browser/explicit-credential.decorator.js';
import { JsonBodyGuard } from '../browser/json-body.guard.js';
import { CurrentUser } from '../decorators/current-user.decorator.js';
import { JwtAuthGuard } from '../guards/jwt-auth.guard.js';
import { NoStoreGuard } from '../guards/no-store.guard.js';
import { RateLimited } from '../rate-limits/rate-limited.decorator.js';
import { SessionCookies } from '../browser/session-cookies.js';
import { type SessionView, toSessionView } from './session-view.js';
import { bearerToken } from '../strategies/bearer-token.js';

/** A user's own sessions: lists where they are logged in, and ends sessions. */
@Controller({ path: 'auth/sessions', version: VERSION_NEUTRAL })
@UseGuards(NoStoreGuard, JsonBodyGuard, JwtAuthGuard)
@AuthEndpoints()
export class SessionsController {
  constructor(
    private readonly tokens: TokensService,
    private readonly cookies: SessionCookies,
  ) {}

  /** `GET /auth/sessions`: most recently used first. */
  @Get()
  async list(@CurrentUser() user: AuthUser): Promise<SessionView[]> {
    const sessions = await this.tokens.sessionsOf(user.id);
    return sessions.map((session) => toSessionView(session, user.sessionId));
  }

  /** `DELETE /auth/sessions/:id`: ends one session; 404 when the user has no such session. */
  @ClearsCookies()
  @RateLimited('logout')
  @Delete(':id')
  @HttpCode(204)
  async end(
    @CurrentUser() user: AuthUser,
    @Param('id') id: string,
    @Req() request: AuthRequest,
    @Res({ passthrough: true }) response: unknown,
  ): Promise<void> {
    if (!(await this.tokens.revokeSessionOf(user.id, id, clientOf(request)))) throw new NotFoundError();
    if (id !== user.sessionId) return;
    this.cookies.clear(response);
    if (bearerToken(request) === null) this.cookies.clearSiteData(response);
  }

  /** `DELETE /auth/sessions`: ends all sessions except that of the request. */
  @RateLimited('logout')
  @Delete()
  @HttpCode(204)
  async endOthers(@CurrentUser() user: AuthUser, @Req() request: AuthRequest): Promise<void> {
    // Express routes this address here, too, but it is that of one session with an empty id.
    if (/^[^?]*\/(\?|$)/.test(request.originalUrl ?? request.url ?? '')) throw new NotFoundError();
    await this.tokens.revokeUserSessions(user.id, 'ended', user.sessionId, clientOf(request));
  }
}
