import { Injectable } from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';
import { InvalidRefreshTokenError } from '../../errors/auth-errors.js';
import { REFRESH_STRATEGY, RefreshJwtStrategy } from '../strategies/refresh-jwt.strategy.js';

/**
 * Lets requests through that carry a refresh token Latchkey made, and puts it on them as a `PresentedRefreshToken`.
 * It does not use the token up: hand it to `TokensService.rotate`.
 */
@Injectable()
export class RefreshJwtGuard extends AuthGuard(REFRESH_STRATEGY) {
  constructor(private readonly strategy: RefreshJwtStrategy) {
    super();
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

  override getAuthenticateOptions() {
    return { session: false, strategy: this.strategy };
  }
}
