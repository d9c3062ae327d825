import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { CsrfRejectedError } from '../../errors/auth-errors.js';
import type { AuthRequest } from '../../transports/auth-request.js';
import { SessionCookies } from './session-cookies.js';
import { bearerToken } from '../strategies/bearer-token.js';
import { refreshTokenInBody } from '../strategies/refresh-token-in-body.js';
import { requestOf } from '../../transports/request-of.js';
import { requestedTransport } from '../shared/token-transport.js';
import {
  CLEARS_COOKIES,
  EXPLICIT_CREDENTIALS,
  type ExplicitCredential,
} from './explicit-credential.decorator.js';
import { TrustedOrigins } from './trusted-origins.js';

const CREDENTIALS: Record<ExplicitCredential, (request: AuthRequest) => unknown> = {
  bearer: bearerToken,
  body: refreshTokenInBody,
};

/**
 * Rejects, with 403 `CSRF_REJECTED`, a request by which a foreign page would act through the user's cookies: one with
 * an unsafe method that is authenticated by a cookie or requests cookies. A page is foreign if its origin is neither
 * that of the request nor listed in the options; the browser reports it in `Sec-Fetch-Site` or, failing that,
 * `Origin`. A request with a bearer token is exempt: the cookie does not authenticate it, and no foreign page has the
 * token. The exemption does not apply where the response would clear cookies that were sent.
 *
 * `JwtAuthGuard` and Latchkey's own routes already do this. Use it on your routes that use `SessionCookies` without
 * that guard, such as a custom login: `@UseGuards(CsrfGuard)`, or as a global guard for all routes.
 */
@Injectable()
export class CsrfGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly cookies: SessionCookies,
    private readonly trusted: TrustedOrigins,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    this.assertAllowed(context, requestOf(context));
    return true;
  }

  /**
   * @param credentials those that take precedence over the cookies; by default what the route's decorator says
   * @throws CsrfRejectedError when a foreign page would act through the user's cookies
   */
  assertAllowed(
    context: ExecutionContext,
    request: AuthRequest,
    credentials?: readonly ExplicitCredential[],
  ): void {
    if (isSafe(request.method)) return;
    if (this.usesCookies(context, request, credentials)) this.assertOwnPage(request);
  }

  /**
   * For a request that is known to act through the user's cookies.
   * @throws CsrfRejectedError when its method is unsafe and a foreign page sent it
   */
  assertOwnPage(request: AuthRequest): void {
    if (!isSafe(request.method) && this.trusted.isForeign(request)) throw new CsrfRejectedError();
  }

  private usesCookies(
    context: ExecutionContext,
    request: AuthRequest,
    credentials?: readonly ExplicitCredential[],
  ): boolean {
    if (requestedTransport(request) === 'cookie') return true;
    const explicit = this.metadata<ExplicitCredential[]>(EXPLICIT_CREDENTIALS, context);
    if ((credentials ?? explicit ?? ['bearer']).some((kind) => CREDENTIALS[kind](request) != null))
      return this.cookies.presentIn(request) && this.metadata<boolean>(CLEARS_COOKIES, context) === true;
    return explicit !== undefined || this.cookies.presentIn(request);
  }

  private metadata<T>(key: string, context: ExecutionContext): T | undefined {
    return this.reflector.getAllAndOverride<T | undefined>(key, [context.getHandler(), context.getClass()]);
  }
}

/** The safe methods (RFC 9110 §9.2.1) except TRACE, which no route handles. */
function isSafe(method: string | undefined): boolean {
  return method === 'GET' || method === 'HEAD' || method === 'OPTIONS';
}
