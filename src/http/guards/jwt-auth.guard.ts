import { type ExecutionContext, Inject, Injectable, Optional } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuthGuard } from '@nestjs/passport';
import { InvalidTokenError, TokenMissingError } from '../../errors/auth-errors.js';
import type { AuthRequest } from '../../transports/auth-request.js';
import type { AuthUser } from '../../transports/auth-user.js';
import type { RevocationCheck } from '../../revocation/revocation-check.js';
import { isPromise } from './fast-path/is-promise.js';
import { CsrfGuard } from '../browser/csrf.guard.js';
import { SilentRefresh } from '../browser/silent-refresh.js';
import { AUTHENTICATION, type Authentication } from '../decorators/public.decorator.js';
import { REVOCATION_CHECK } from '../decorators/revocation-check.decorator.js';
import { ACCESS_STRATEGY, AccessJwtStrategy } from '../strategies/access-jwt.strategy.js';
import { requestOf } from '../../transports/request-of.js';
import { type AccessRequirement, assertMeets, requirementOf } from './access-requirement.js';
import { askingPassport, type Outcome } from './fast-path/ask-passport.js';
import { oncePerRoute } from './fast-path/once-per-route.js';
import { StepUpClock } from './step-up-clock.js';

/** What a route's decorators tell the guard. */
interface GuardedRoute {
  requirement: AccessRequirement;
  open: boolean;
  /** Whether requests without a token are let through as well. */
  optional: boolean;
  /** For the strategy. */
  options: { session: false; ownGuard: true; check: RevocationCheck | undefined };
}

/**
 * Lets requests with a valid access token through and sets `request.user` to the `AuthUser`; enforces `@Roles`,
 * `@Permissions` and `@StepUp`; leaves `@Public()` routes alone, and on `@OptionalAuth()` routes accepts requests without a token. If
 * the token comes in a cookie, it rejects foreign pages like `CsrfGuard`, and renews the cookies of HTTP requests if
 * `cookies.silentRefresh` is on. Rejects requests with an `AuthError`: 401 with the reason, or 403 `FORBIDDEN` or
 * `CSRF_REJECTED`. Use it on a controller, a method, or as a global guard; also on resolvers, gateways and handlers of
 * messages, where it finds the token as `docs/extending.md` describes.
 */
@Injectable()
export class JwtAuthGuard extends AuthGuard(ACCESS_STRATEGY) {
  private readonly routeOf: (context: ExecutionContext) => GuardedRoute;
  private readonly accessStrategy: AccessJwtStrategy;
  private readonly askPassport: ReturnType<typeof askingPassport>;

  /** Not an argument of the constructor, which subclasses of hosts call. */
  @Optional() @Inject(StepUpClock) private readonly clock?: StepUpClock;

  constructor(
    reflector: Reflector,
    strategy: AccessJwtStrategy,
    private readonly csrf: CsrfGuard,
    private readonly silentRefresh: SilentRefresh,
  ) {
    super();
    this.accessStrategy = strategy;
    this.routeOf = oncePerRoute((context) => readRoute(reflector, context));
    this.askPassport = askingPassport(strategy);
  }

  /** Synchronous for a token that has been verified before; otherwise, and for `strict` routes, returns a promise. */
  override canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const route = this.routeOf(context);
    if (route.open) return true;

    const request = this.getRequest(context) as AuthRequest;
    this.csrf.assertAllowed(context, request);
    if (route.optional) return this.admitAnyone(context, request, route);
    const user = this.authenticate(context, request, route);
    return isPromise(user)
      ? user.then((found) => this.admit(request, found, route.requirement))
      : this.admit(request, user, route.requirement);
  }

  /** Finds the request on every transport. Override it for one that this guard does not know. */
  override getRequest(context: ExecutionContext): object {
    // `switchToHttp()` would create three functions for each request.
    return context.getType() === 'http' ? context.getArgByIndex<object>(0) : requestOf(context);
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
    return { ...this.routeOf(context).options };
  }

  /** Only a missing token makes a request anonymous: an invalid one is refused, so that the client renews it. */
  private async admitAnyone(context: ExecutionContext, request: AuthRequest, route: GuardedRoute) {
    try {
      return this.admit(request, await this.authenticate(context, request, route), route.requirement);
    } catch (failure) {
      if (!(failure instanceof TokenMissingError)) throw failure;
      return this.admit(request, undefined, route.requirement);
    }
  }

  private admit(request: AuthRequest, user: AuthUser | undefined, requirement: AccessRequirement): true {
    request.user = user;
    assertMeets(user, requirement, this.clock);
    return true;
  }

  private authenticate(
    context: ExecutionContext,
    request: AuthRequest,
    route: GuardedRoute,
  ): AuthUser | Promise<AuthUser> {
    try {
      const user = this.authenticateOnce(context, request, route);
      return isPromise(user)
        ? user.then(undefined, (failure) => this.renewAndRetry(failure, context, request, route))
        : user;
    } catch (failure) {
      return this.renewAndRetry(failure, context, request, route);
    }
  }

  private async renewAndRetry(
    failure: unknown,
    context: ExecutionContext,
    request: AuthRequest,
    route: GuardedRoute,
  ): Promise<AuthUser> {
    if (context.getType() !== 'http') throw failure;
    const response: unknown = context.switchToHttp().getResponse();
    if (!(await this.silentRefresh.renew(failure, request, response))) throw failure;
    return this.authenticateOnce(context, request, route);
  }

  /** Where no class of the host has a say, without Passport in between: it would hand over the same user or error. */
  private authenticateOnce(
    context: ExecutionContext,
    request: AuthRequest,
    route: GuardedRoute,
  ): AuthUser | Promise<AuthUser> {
    const { accessStrategy } = this;
    const isOwn =
      accessStrategy.authenticate === AccessJwtStrategy.prototype.authenticate &&
      this.handleRequest === JwtAuthGuard.prototype.handleRequest &&
      this.getAuthenticateOptions === JwtAuthGuard.prototype.getAuthenticateOptions;
    return isOwn
      ? accessStrategy.userOf(request, route.options)
      : this.authenticateByPassport(context, request);
  }

  private authenticateByPassport(context: ExecutionContext, request: AuthRequest) {
    const judge = ({ error, user, info, status }: Outcome) =>
      this.handleRequest(error, user as AuthUser | false, info, context, status);
    const outcome = this.askPassport(request, this.getAuthenticateOptions(context));
    return isPromise(outcome) ? outcome.then(judge) : judge(outcome);
  }
}

function readRoute(reflector: Reflector, context: ExecutionContext): GuardedRoute {
  const targets = [context.getHandler(), context.getClass()];
  const requirement = requirementOf(reflector, context);
  const needsUser = requirement.roles ?? requirement.permissions ?? requirement.stepUp;
  const authentication = reflector.getAllAndOverride<Authentication | undefined>(AUTHENTICATION, targets);
  return {
    requirement,
    open: authentication === 'none' && !needsUser,
    optional: authentication === 'optional',
    options: {
      session: false,
      ownGuard: true,
      check: reflector.getAllAndOverride<RevocationCheck | undefined>(REVOCATION_CHECK, targets),
    },
  };
}
