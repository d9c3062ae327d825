import { type ExecutionContext, Injectable } from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';
import { InvalidRefreshTokenError } from '../../errors/auth-errors.js';
import type { AuthRequest } from '../../transports/auth-request.js';
import { CsrfGuard } from '../browser/csrf.guard.js';
import { REFRESH_STRATEGY, RefreshJwtStrategy } from '../strategies/refresh-jwt.strategy.js';
import { requestOf } from '../../transports/request-of.js';
import { askingPassport } from './fast-path/ask-passport.js';

/**
 * Lets requests through that carry a refresh token which could be exchanged now, and sets `request.user` to a
 * `PresentedRefreshToken`: the session is live, the token is its current one (or the one before it, within the leeway),
 * and the user is not disabled. Does not use the token up: pass its claims to `TokensService.rotate` for that. A token
 * that has already been used ends its session, as it does with `TokensService.rotate` (RFC 9700 §4.14.2). If the token
 * comes in a cookie, the guard rejects foreign pages like `CsrfGuard`.
 *
 * Rejects requests with an `AuthError`: 401 with the reason, 403 `CSRF_REJECTED`, or 503 without the database.
 */
@Injectable()
export class RefreshJwtGuard extends AuthGuard(REFRESH_STRATEGY) {
  private readonly askPassport: ReturnType<typeof askingPassport>;

  constructor(
    strategy: RefreshJwtStrategy,
    private readonly csrf: CsrfGuard,
  ) {
    super();
    this.askPassport = askingPassport(strategy);
  }

  override async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = this.getRequest(context) as AuthRequest;
    // Only a token in the body keeps this guard from using the cookie; a bearer token does not.
    this.csrf.assertAllowed(context, request, ['body']);
    const { error, user, info } = await this.askPassport(request, this.getAuthenticateOptions(context));
    // A host's override may return a promise.
    request.user = await this.handleRequest(error, user, info);
    return true;
  }

  /** The request, on every transport. Override it to find the token elsewhere. */
  override getRequest(context: ExecutionContext): object {
    return requestOf(context);
  }

  override handleRequest<Presented>(
    error: Error | null,
    presented: Presented | false,
    info?: Error,
  ): Presented {
    if (error) throw error;
    if (!presented) throw info ?? new InvalidRefreshTokenError();
    return presented;
  }

  override getAuthenticateOptions(_context: ExecutionContext) {
    return { session: false, ownGuard: true };
  }
}
