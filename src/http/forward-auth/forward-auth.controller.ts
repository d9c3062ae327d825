import { Controller, Get, HttpCode, Req, Res, UseGuards, VERSION_NEUTRAL } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { CurrentUser } from '../decorators/current-user.decorator.js';
import { Public } from '../decorators/public.decorator.js';
import { NoStoreGuard } from '../guards/no-store.guard.js';
import { AuthEndpoints } from '../shared/auth-endpoints.decorator.js';
import type { AuthRequest } from '../../transports/auth-request.js';
import type { AuthUser } from '../../transports/auth-user.js';
import { ForwardAuthGuard } from './forward-auth.guard.js';
import { identityHeaders } from './identity-headers.js';

/** Answers proxies that ask about each request before they pass it on. Public to `JwtAuthGuard`, which would renew. */
@Public()
@Controller({ path: 'auth/forward', version: VERSION_NEUTRAL })
@UseGuards(NoStoreGuard, ForwardAuthGuard)
@AuthEndpoints()
export class ForwardAuthController {
  constructor(private readonly adapterHost: HttpAdapterHost) {}

  /** `GET /auth/forward`: 204 with the user, session and roles in headers, if the access token is valid. */
  @Get()
  @HttpCode(204)
  identify(
    @CurrentUser() user: AuthUser,
    @Req() request: AuthRequest,
    @Res({ passthrough: true }) response: unknown,
  ): void {
    // The condition is about what the proxy protects; Express would answer `If-None-Match: *` with 304.
    delete request.headers['if-none-match'];
    for (const [name, value] of Object.entries(identityHeaders(user)))
      this.adapterHost.httpAdapter.setHeader(response, name, value);
  }
}
