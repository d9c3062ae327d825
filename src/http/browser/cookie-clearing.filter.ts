import { type ArgumentsHost, Catch } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { AuthError } from '../../errors/auth-error.js';
import { AuthExceptionFilter } from '../shared/auth-exception.filter.js';
import type { AuthRequest } from '../../transports/auth-request.js';
import { failsForGood } from './final-failures.js';
import { SessionCookies } from './session-cookies.js';

/** On the refresh route: clears the cookies when a refresh by cookie has failed for good. */
@Catch(AuthError)
export class CookieClearingFilter extends AuthExceptionFilter {
  constructor(
    adapterHost: HttpAdapterHost,
    private readonly cookies: SessionCookies,
  ) {
    super(adapterHost);
  }

  override catch(error: AuthError, host: ArgumentsHost): unknown {
    const request = host.switchToHttp().getRequest<AuthRequest>();
    const cameInBody = (request.body as { refreshToken?: unknown } | undefined)?.refreshToken != null;
    if (failsForGood(error) && !cameInBody) this.cookies.clear(host.switchToHttp().getResponse());
    return super.catch(error, host);
  }
}
