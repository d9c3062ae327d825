import { Inject, Injectable } from '@nestjs/common';
import { AuthError } from '../../errors/auth-error.js';
import { CsrfRejectedError, TokenMissingError } from '../../errors/auth-errors.js';
import { callHost } from '../../errors/host-call.js';
import type { AccessTokenPayload } from '../../tokens/token-types.js';
import type { RevocationCheck } from '../../revocation/revocation-check.js';
import { TokensService } from '../../tokens/tokens.service.js';
import type { AuthRequest } from '../../transports/auth-request.js';
import type { AuthUser } from '../../transports/auth-user.js';
import { isPromise } from '../guards/fast-path/is-promise.js';
import { CsrfGuard } from '../browser/csrf.guard.js';
import { SessionCookies } from '../browser/session-cookies.js';
import { bearerToken } from './bearer-token.js';
import { passportJwtStrategy, refuseOwnVerification } from './passport-strategy.js';

export const ACCESS_STRATEGY = 'latchkey-access';

interface AccessStrategyOptions {
  /** The guard is `JwtAuthGuard`, which has already rejected foreign pages. */
  ownGuard?: boolean;
  check?: RevocationCheck;
}

/**
 * Finds the access token in the `Authorization` header or else in its cookie, and verifies it with `TokensService`,
 * just as without HTTP. Extend it and override {@link validate} to choose what becomes the current user. Rejects foreign
 * pages like `CsrfGuard` if the token comes in a cookie, also behind `AuthGuard('latchkey-access')` of @nestjs/passport.
 */
@Injectable()
export class AccessJwtStrategy extends passportJwtStrategy(ACCESS_STRATEGY) {
  private readonly tokenOf: (request: AuthRequest) => string | null;

  /** Not an argument of the constructor, because the subclass of a host may call that. */
  @Inject(CsrfGuard) private readonly csrf!: CsrfGuard;

  constructor(
    private readonly tokens: TokensService,
    cookies: SessionCookies,
  ) {
    const jwtFromRequest = (request: AuthRequest) =>
      bearerToken(request) ?? cookies.accessToken(request) ?? null;
    super({ jwtFromRequest, secretOrKeyProvider: refuseOwnVerification });
    this.tokenOf = jwtFromRequest;
  }

  /** Returns the current user, which the guard sets as `request.user`, for the claims of a valid access token. */
  validate(claims: AccessTokenPayload): AuthUser | Promise<AuthUser> {
    const { sub, sid, roles, permissions } = claims;
    return { id: sub, sessionId: sid, roles, permissions, claims };
  }

  /** Answers Passport, synchronously for a token that has been verified before. */
  override authenticate(request: unknown, options: AccessStrategyOptions = {}): void {
    let user: AuthUser | Promise<AuthUser>;
    try {
      user = this.userOf(request as AuthRequest, options);
    } catch (error) {
      return this.refuse(error as Error);
    }
    // A known token needs no promise.
    if (!isPromise(user)) return this.success(user);
    user.then(
      (found) => this.success(found),
      (error: Error) => this.refuse(error),
    );
  }

  /**
   * Returns the user of the access token that a request carries, for {@link authenticate} and `JwtAuthGuard`.
   * @throws AuthError
   * @internal
   */
  userOf(request: AuthRequest, { ownGuard, check }: AccessStrategyOptions): AuthUser | Promise<AuthUser> {
    const token = this.tokenOf(request);
    if (!token) throw new TokenMissingError();
    if (!ownGuard && bearerToken(request) == null) this.csrf.assertOwnPage(request);
    const claims = this.tokens.verifyAtOnce(token, check);
    return isPromise(claims) ? claims.then((verified) => this.validated(verified)) : this.validated(claims);
  }

  /** A host's `validate` may query a database, which must not keep the request waiting. */
  private validated(claims: AccessTokenPayload): AuthUser | Promise<AuthUser> {
    const user = this.validate(claims);
    if (!isPromise(user)) return user;
    return callHost(
      { name: `validate of ${this.constructor.name}`, expected: 'a user', fits: () => true },
      () => user,
    );
  }

  /** Nest's own guard answers 401 to whatever fails, but passes errors on. */
  private refuse(error: Error): void {
    if (error instanceof AuthError && !(error instanceof CsrfRejectedError))
      this.fail(error, error.statusCode);
    else this.error(error);
  }
}
