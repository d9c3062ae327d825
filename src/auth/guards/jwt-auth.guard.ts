import { type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuthGuard } from '@nestjs/passport';
import { InvalidTokenError } from '../../errors/auth-errors.js';
import type { AuthRequest } from '../auth-request.js';
import type { AuthUser } from '../auth-user.js';
import type { RevocationCheck } from '../../revocation/revocation-check.js';
import { CsrfGuard } from '../browser/csrf.guard.js';
import { SilentRefresh } from '../browser/silent-refresh.js';
import { PUBLIC } from '../decorators/public.decorator.js';
import { REVOCATION_CHECK } from '../decorators/revocation-check.decorator.js';
import { ACCESS_STRATEGY, AccessJwtStrategy } from '../strategies/access-jwt.strategy.js';
import { assertMeets, requirementOf } from './access-requirement.js';

/**
 * Lets requests with a good access token through and puts the `AuthUser` on them; enforces `@Roles` and `@Permissions`;
 * leaves `@Public()` routes alone. Where the token comes in a cookie it refuses foreign pages as `CsrfGuard` does, and renews
 * the cookies if the module's `cookies.silentRefresh` says so. Use it on a controller, a method, or as a global guard.
 */
@Injectable()
export class JwtAuthGuard extends AuthGuard(ACCESS_STRATEGY) {
  constructor(
    private readonly reflector: Reflector,
    private readonly strategy: AccessJwtStrategy,
    private readonly csrf: CsrfGuard,
    private readonly silentRefresh: SilentRefresh,
  ) {
    super();
  }

  override async canActivate(context: ExecutionContext): Promise<boolean> {
    const requirement = requirementOf(this.reflector, context);
    const needsUser = requirement.roles ?? requirement.permissions;
    if (!needsUser && this.isPublic(context)) return true;

    this.csrf.canActivate(context);
    await this.authenticate(context);
    assertMeets(context.switchToHttp().getRequest<AuthRequest>().user as AuthUser, requirement);
    return true;
  }

  /** Passport reports why a token failed as `info`; the client gets that reason, not a bare 401. */
  override handleRequest<User>(error: Error | null, user: User | false, info?: Error): User {
    if (error) throw error;
    if (!user) throw info ?? new InvalidTokenError();
    return user;
  }

  override getAuthenticateOptions(context: ExecutionContext) {
    const targets = [context.getHandler(), context.getClass()];
    const check = this.reflector.getAllAndOverride<RevocationCheck | undefined>(REVOCATION_CHECK, targets);
    return { session: false, strategy: this.strategy, check };
  }

  private async authenticate(context: ExecutionContext): Promise<void> {
    try {
      await super.canActivate(context);
    } catch (failure) {
      const http = context.switchToHttp();
      if (!(await this.silentRefresh.renew(failure, http.getRequest<AuthRequest>(), http.getResponse())))
        throw failure;
      await super.canActivate(context);
    }
  }

  private isPublic(context: ExecutionContext): boolean {
    return (
      this.reflector.getAllAndOverride<boolean>(PUBLIC, [context.getHandler(), context.getClass()]) ?? false
    );
  }
}
