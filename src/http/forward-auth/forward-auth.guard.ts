import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { InvalidTokenError, NotFoundError } from '../../errors/auth-errors.js';
import { ResolvedAuthOptions } from '../../options/resolve-options.js';
import { CsrfGuard } from '../browser/csrf.guard.js';
import { askingPassport } from '../guards/fast-path/ask-passport.js';
import type { AuthRequest } from '../../transports/auth-request.js';
import { AccessJwtStrategy } from '../strategies/access-jwt.strategy.js';
import { originalRequest } from './original-request.js';

/**
 * Like `JwtAuthGuard`, but for the request that a proxy asks about, and without renewing cookies: the proxy would drop
 * the new ones, and the old ones would later count as stolen. Responds with 404 unless `forwardAuth` is on.
 */
@Injectable()
export class ForwardAuthGuard implements CanActivate {
  private readonly askPassport: ReturnType<typeof askingPassport>;

  constructor(
    @Inject(ResolvedAuthOptions) private readonly options: ResolvedAuthOptions,
    strategy: AccessJwtStrategy,
    private readonly csrf: CsrfGuard,
  ) {
    this.askPassport = askingPassport(strategy);
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (!this.options.forwardAuth) throw new NotFoundError();
    const request = context.switchToHttp().getRequest<AuthRequest>();
    this.csrf.assertAllowed(context, originalRequest(request));
    const { error, user, info } = await this.askPassport(request, { session: false });
    if (error) throw error;
    if (!user) throw info ?? new InvalidTokenError();
    request.user = user;
    return true;
  }
}
