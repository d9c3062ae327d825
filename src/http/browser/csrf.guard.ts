import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { CsrfRejectedError } from '../../errors/auth-errors.js';
import type { AuthRequest } from '../shared/auth-request.js';
import { SessionCookies } from './session-cookies.js';
import { bearerToken } from '../strategies/bearer-token.js';
import { refreshTokenInBody } from '../strategies/refresh-jwt.strategy.js';
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
 * Refuses, with 403 `CSRF_REJECTED`, a request by which a foreign page would act through the user's cookies: of an unsafe
 * method, and authenticated by a cookie or asking for cookies. Foreign is every page that is neither of the origin asked
 * nor of one in the options, as the browser says by `Sec-Fetch-Site` or else `Origin`.
 * A bearer token makes a request exempt: then it is not the cookie that authenticates, and no page has the token.
 * Not so where the answer would clear cookies that came along, whatever the token.
 *
 * `JwtAuthGuard` and Latchkey's own routes do this by themselves. It is for your routes that use `SessionCookies` without
 * that guard, such as a login of your own: `@UseGuards(CsrfGuard)`, or as a global guard for all of them.
 */
@Injectable()
export class CsrfGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly cookies: SessionCookies,
    private readonly trusted: TrustedOrigins,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    this.assertAllowed(context, context.switchToHttp().getRequest<AuthRequest>());
    return true;
  }

  /** @throws CsrfRejectedError */
  assertAllowed(context: ExecutionContext, request: AuthRequest): void {
    if (isSafe(request.method)) return;
    if (this.usesCookies(context, request) && this.trusted.isForeign(request)) throw new CsrfRejectedError();
  }

  private usesCookies(context: ExecutionContext, request: AuthRequest): boolean {
    if (requestedTransport(request) === 'cookie') return true;
    const explicit = this.said<ExplicitCredential[]>(EXPLICIT_CREDENTIALS, context);
    if ((explicit ?? ['bearer']).some((kind) => CREDENTIALS[kind](request) != null))
      return this.cookies.presentIn(request) && this.said<boolean>(CLEARS_COOKIES, context) === true;
    return explicit !== undefined || this.cookies.presentIn(request);
  }

  private said<T>(key: string, context: ExecutionContext): T | undefined {
    return this.reflector.getAllAndOverride<T | undefined>(key, [context.getHandler(), context.getClass()]);
  }
}

/** RFC 9110 §9.2.1, without TRACE, which no route answers. */
function isSafe(method: string | undefined): boolean {
  return method === 'GET' || method === 'HEAD' || method === 'OPTIONS';
}
