import { type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuthGuard } from '@nestjs/passport';
import { InvalidTokenError } from '../../errors/auth-errors.js';
import type { AuthRequest } from '../shared/auth-request.js';
import type { AuthUser } from '../shared/auth-user.js';
import type { RevocationCheck } from '../../revocation/revocation-check.js';
import { isPromise } from './fast-path/is-promise.js';
import { CsrfGuard } from '../browser/csrf.guard.js';
import { SilentRefresh } from '../browser/silent-refresh.js';
import { PUBLIC } from '../decorators/public.decorator.js';
import { REVOCATION_CHECK } from '../decorators/revocation-check.decorator.js';
import { ACCESS_STRATEGY, AccessJwtStrategy } from '../strategies/access-jwt.strategy.js';
import { type AccessRequirement, assertMeets, requirementOf } from './access-requirement.js';
import { askingPassport, type Outcome } from './fast-path/ask-passport.js';
import { oncePerRoute } from './fast-path/once-per-route.js';

/** What a route's decorators tell the guard. */
interface GuardedRoute {
  requirement: AccessRequirement;
  open: boolean;
  check?: RevocationCheck;
}

/**
 * Lets requests with a valid access token through and sets `request.user` to the `AuthUser`; enforces `@Roles` and
 * `@Permissions`; leaves `@Public()` routes alone. If the token comes in a cookie, it rejects foreign pages like
 * `CsrfGuard`, and renews the cookies if `cookies.silentRefresh` is on. Rejects requests with an `AuthError`: 401 with
 * the reason, or 403 `FORBIDDEN` or `CSRF_REJECTED`. Use it on a controller, a method, or as a global guard.
 */
@Injectable()
export class JwtAuthGuard extends AuthGuard(ACCESS_STRATEGY) {
  private readonly routeOf: (context: ExecutionContext) => GuardedRoute;
  private readonly askPassport: ReturnType<typeof askingPassport>;

  constructor(
    reflector: Reflector,
    strategy: AccessJwtStrategy,
    private readonly csrf: CsrfGuard,
    private readonly silentRefresh: SilentRefresh,
  ) {
    super();
    this.routeOf = oncePerRoute((context) => readRoute(reflector, context));
    this.askPassport = askingPassport(strategy);
  }

  /** Synchronous for a token that has been verified before; otherwise, and for `strict` routes, returns a promise. */
  override canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const { open, requirement } = this.routeOf(context);
    if (open) return true;

    const request = this.getRequest(context) as AuthRequest;
    this.csrf.assertAllowed(context, request);
    const user = this.authenticate(context, request);
    return isPromise(user)
      ? user.then((found) => admit(request, found, requirement))
      : admit(request, user, requirement);
  }

  /** Passport reports in `info` why a token was rejected; the client gets that reason, not a bare 401. */
  override handleRequest<User>(
    error: Error | null,
    user: User | false,
    info?: Error,
    _context?: ExecutionContext,
    _status?: number,
  ): User {
    if (error) throw error;
    if (!user) throw info ?? new InvalidTokenError();
    return user;
  }

  override getAuthenticateOptions(context: ExecutionContext) {
    return { session: false, check: this.routeOf(context).check };
  }

  private authenticate(context: ExecutionContext, request: AuthRequest): AuthUser | Promise<AuthUser> {
    try {
      const user = this.authenticateOnce(context, request);
      return isPromise(user)
        ? user.then(undefined, (failure) => this.renewAndRetry(failure, context, request))
        : user;
    } catch (failure) {
      return this.renewAndRetry(failure, context, request);
    }
  }

  private async renewAndRetry(
    failure: unknown,
    context: ExecutionContext,
    request: AuthRequest,
  ): Promise<AuthUser> {
    if (context.getType() !== 'http') throw failure;
    const response: unknown = context.switchToHttp().getResponse();
    if (!(await this.silentRefresh.renew(failure, request, response))) throw failure;
    return this.authenticateOnce(context, request);
  }

  private authenticateOnce(context: ExecutionContext, request: AuthRequest): AuthUser | Promise<AuthUser> {
    const judge = ({ error, user, info, status }: Outcome) =>
      this.handleRequest(error, user as AuthUser | false, info, context, status);
    const outcome = this.askPassport(request, this.getAuthenticateOptions(context));
    return isPromise(outcome) ? outcome.then(judge) : judge(outcome);
  }
}

function admit(request: AuthRequest, user: AuthUser, requirement: AccessRequirement): true {
  request.user = user;
  assertMeets(user, requirement);
  return true;
}

function readRoute(reflector: Reflector, context: ExecutionContext): GuardedRoute {
  const targets = [context.getHandler(), context.getClass()];
  const requirement = requirementOf(reflector, context);
  const needsUser = requirement.roles ?? requirement.permissions;
  const isPublic = reflector.getAllAndOverride<boolean | undefined>(PUBLIC, targets) ?? false;
  return {
    requirement,
    open: isPublic && !needsUser,
    check: reflector.getAllAndOverride<RevocationCheck | undefined>(REVOCATION_CHECK, targets),
  };
}
