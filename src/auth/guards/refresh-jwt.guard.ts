import { type ExecutionContext, Injectable } from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';
import { InvalidRefreshTokenError } from '../../errors/auth-errors.js';
import type { AuthRequest } from '../auth-request.js';
import { REFRESH_STRATEGY, RefreshJwtStrategy } from '../strategies/refresh-jwt.strategy.js';
import { askPassport } from './ask-passport.js';

/**
 * Lets requests through that carry a refresh token Latchkey made, and puts it on them as a `PresentedRefreshToken`.
 * It does not use the token up: hand it to `TokensService.rotate`.
 */
@Injectable()
export class RefreshJwtGuard extends AuthGuard(REFRESH_STRATEGY) {
  constructor(private readonly strategy: RefreshJwtStrategy) {
    super();
  }

  override async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = this.getRequest(context) as AuthRequest;
    request.user = await askPassport(
      { strategy: this.strategy, request, options: { session: false } },
      (error, presented, info) => this.handleRequest(error, presented, info),
    );
    return true;
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
