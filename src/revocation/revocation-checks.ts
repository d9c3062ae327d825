import { randomUUID } from 'node:crypto';
import { AccessTokenRevokedError, TokenExpiredError, TokenRevokedError } from '../errors/auth-errors.js';
import type { RevocationCheck } from './revocation-check.js';
import type { RevocableToken, RevocationList } from './revocation-list.js';
import type { UserStore } from '../users/user-store.js';
import type { SessionStore } from '../sessions/session-store.js';

/** What the access token of a session after a step-up says in addition. */
interface IssuedToken extends RevocableToken {
  session_began?: number;
}

/** Checks whether an otherwise valid access token has been revoked, in the way the route or the module specifies. */
export class RevocationChecks {
  /** @param usual the check to use when none is specified */
  constructor(
    private readonly revocations: RevocationList,
    private readonly sessions: SessionStore,
    private readonly users: UserStore,
    private readonly usual: RevocationCheck,
  ) {}

  /**
   * Returns the claims unchanged, synchronously when nothing has to be awaited.
   * @throws TokenRevokedError when the token has been revoked
   */
  pass<Claims extends IssuedToken>(
    claims: Claims,
    check: RevocationCheck = this.usual,
  ): Claims | Promise<Claims> {
    if (check === 'stateless') return claims;
    const revoked = this.revocations.isRevoked(revocable(claims));
    if (revoked === true) return this.refuseRevoked(claims);
    return revoked === false && check === 'deny-list' ? claims : this.passLater(claims, revoked, check);
  }

  /**
   * Whether this instance knows that the session of a refresh token has been revoked. Does not ask the database, and is
   * false where that cannot be known: then the session's row decides, and for a token of the same second as well.
   * @param began when the session began, in seconds, if that is known
   */
  async knowsEnded({ jti, sid, sub, iat }: RevocableToken, began = iat): Promise<boolean> {
    try {
      return await this.revocations.isRevoked({ jti, sid, sub, iat: iat + 1, auth_time: began });
    } catch {
      return false;
    }
  }

  private async passLater<Claims extends IssuedToken>(
    claims: Claims,
    revoked: boolean | Promise<boolean>,
    check: RevocationCheck,
  ): Promise<Claims> {
    if (await revoked) return this.refuseRevoked(claims);
    if (check === 'strict' && !(await this.mayAct(claims))) throw new TokenRevokedError();
    return claims;
  }

  /**
   * For a token that has expired, which is the right reason only if nothing else is wrong with it.
   * @throws TokenRevokedError when the token is known to have been revoked
   * @throws TokenExpiredError otherwise
   */
  async refuseExpired(claims: IssuedToken, check?: RevocationCheck): Promise<never> {
    try {
      await this.pass(claims, check);
    } catch (error) {
      if (error instanceof TokenRevokedError) throw error;
      // What is unknown now does not matter: the token is rejected anyway, and the refresh decides for itself.
    }
    throw new TokenExpiredError();
  }

  /** Says what ended: the session, or this token alone. In the second case, another token of the session would pass. */
  private refuseRevoked(claims: IssuedToken): never | Promise<never> {
    const refuse = (others: boolean): never => {
      throw others ? new TokenRevokedError() : new AccessTokenRevokedError();
    };
    const others = this.revocations.isRevoked({ ...revocable(claims), jti: randomUUID() });
    return typeof others === 'boolean' ? refuse(others) : others.then(refuse);
  }

  private async mayAct({ sid, sub }: RevocableToken): Promise<boolean> {
    const [live, user] = await Promise.all([this.sessions.isLive(sid), this.users.findById(sub)]);
    return live && user !== null && !user.disabled;
  }
}

/** Revocations of all sessions go by their beginning, which a step-up does not change. */
function revocable(claims: IssuedToken): RevocableToken {
  return claims.session_began === undefined ? claims : { ...claims, auth_time: claims.session_began };
}
