import { Injectable } from '@nestjs/common';
import { AuthError } from '../../errors/auth-error.js';
import { RefreshTokenMissingError } from '../../errors/auth-errors.js';
import { AuthEvents } from '../../events/auth-events.js';
import type { RefreshTokenPayload } from '../../tokens/token-types.js';
import { TokensService } from '../../tokens/tokens.service.js';
import type { AuthRequest } from '../../transports/auth-request.js';
import { clientOf } from '../shared/client-of.js';
import { CsrfGuard } from '../browser/csrf.guard.js';
import { SessionCookies } from '../browser/session-cookies.js';
import type { TokenTransport } from '../shared/token-transport.js';
import { refreshTokenInBody } from './refresh-token-in-body.js';
import { passportJwtStrategy, refuseOwnVerification } from './passport-strategy.js';

export const REFRESH_STRATEGY = 'latchkey-refresh';

interface RefreshStrategyOptions {
  /** The guard is `RefreshJwtGuard`, which takes the reason of a refusal from `info`; Nest's own guard drops it. */
  ownGuard?: boolean;
  /** The handler passes the token to `TokensService.rotate`, which checks the session. */
  sessionIsCheckedLater?: boolean;
}

/** A refresh token issued by Latchkey, and how it was sent. */
export interface PresentedRefreshToken {
  claims: RefreshTokenPayload;
  transport: TokenTransport;
}

/**
 * Finds the refresh token in the body or else in its cookie, and checks it and its session. Rejects foreign pages like
 * `CsrfGuard` if the token comes in a cookie, also behind `AuthGuard('latchkey-refresh')` of @nestjs/passport.
 */
@Injectable()
export class RefreshJwtStrategy extends passportJwtStrategy(REFRESH_STRATEGY) {
  constructor(
    private readonly tokens: TokensService,
    private readonly cookies: SessionCookies,
    private readonly events: AuthEvents,
    private readonly csrf: CsrfGuard,
  ) {
    super({ jwtFromRequest: () => null, secretOrKeyProvider: refuseOwnVerification });
  }

  /** Returns what the guard sets as `request.user`. Override it to check the claims further. */
  validate(presented: PresentedRefreshToken): PresentedRefreshToken {
    return presented;
  }

  override authenticate(request: unknown, options: RefreshStrategyOptions = {}): void {
    this.presentedBy(request as AuthRequest, options).then(
      (presented) => this.success(presented),
      (error: Error) =>
        options.ownGuard && error instanceof AuthError
          ? this.fail(error, error.statusCode)
          : this.error(error),
    );
  }

  private async presentedBy(
    request: AuthRequest,
    { sessionIsCheckedLater = false }: RefreshStrategyOptions,
  ): Promise<PresentedRefreshToken> {
    const inBody = refreshTokenInBody(request);
    const token = inBody ?? this.cookies.refreshToken(request);
    if (token === undefined) throw new RefreshTokenMissingError();
    if (inBody === undefined) this.csrf.assertOwnPage(request);
    const claims = await this.verify(token, request);
    if (!sessionIsCheckedLater) await this.tokens.checkRefreshToken(claims, clientOf(request));
    return this.validate({
      claims,
      transport: inBody === undefined ? 'cookie' : 'body',
    });
  }

  private async verify(token: string, request: AuthRequest): Promise<RefreshTokenPayload> {
    try {
      return await this.tokens.verifyRefreshToken(token);
    } catch (error) {
      this.events.emit({ type: 'refresh-failed', reason: 'invalid', ...clientOf(request) });
      throw error;
    }
  }
}
