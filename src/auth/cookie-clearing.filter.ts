import { type ArgumentsHost, Catch } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { AuthError } from '../errors/auth-error.js';
import { AuthExceptionFilter } from './auth-exception.filter.js';
import type { AuthRequest } from './auth-request.js';
import { SessionCookies } from './session-cookies.js';

/** A refresh that fails with one of these will never succeed; any other failure is worth a retry with the same cookie. */
const FINAL = new Set<string>([
  'INVALID_REFRESH_TOKEN',
  'REFRESH_TOKEN_EXPIRED',
  'REFRESH_TOKEN_REUSED',
  'TOKEN_REVOKED',
]);

/** On the refresh route: takes cookies away that are of no more use. */
@Catch(AuthError)
export class CookieClearingFilter extends AuthExceptionFilter {
  constructor(
    adapterHost: HttpAdapterHost,
    private readonly cookies: SessionCookies,
  ) {
    super(adapterHost);
  }

  override catch(error: AuthError, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<AuthRequest>();
    const cameInBody = (request.body as { refreshToken?: unknown } | undefined)?.refreshToken != null;
    if (FINAL.has(error.code) && !cameInBody) this.cookies.clear(host.switchToHttp().getResponse());
    super.catch(error, host);
  }
}
