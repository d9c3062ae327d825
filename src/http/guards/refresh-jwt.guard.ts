import { type ExecutionContext, Injectable } from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';
import { InvalidRefreshTokenError } from '../../errors/auth-errors.js';
import type { AuthRequest } from '../shared/auth-request.js';
import { REFRESH_STRATEGY, RefreshJwtStrategy } from '../strategies/refresh-jwt.strategy.js';
import { requestOf } from '../transports/request-of.js';
import { askingPassport } from './fast-path/ask-passport.js';

/**
 * Lets requests through that carry a refresh token issued by Latchkey, and sets `request.user` to a
 * `PresentedRefreshToken`. Does not use the token: pass its claims to `TokensService.rotate`, which checks the session.
 * Throws `RefreshTokenMissingError` or `InvalidRefreshTokenError` (401).
 */
@Injectable()
export class RefreshJwtGuard extends AuthGuard(REFRESH_STRATEGY) {
  private readonly askPassport: ReturnType<typeof askingPassport>;

  constructor(strategy: RefreshJwtStrategy) {
    super();
    this.askPassport = askingPassport(strategy);
  }

  override async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = this.getRequest(context) as AuthRequest;
    const { error, user, info } = await this.askPassport(request, { session: false });
    // A host's override may return a promise.
    request.user = await this.handleRequest(error, user, info);
    return true;
  }

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
}
