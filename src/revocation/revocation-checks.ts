import { TokenRevokedError } from '../errors/auth-errors.js';
import type { RevocationCheck } from './revocation-check.js';
import type { RevocableToken, RevocationList } from './revocation-list.js';
import type { UserStore } from '../users/user-store.js';
import type { SessionStore } from '../sessions/session-store.js';

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
  pass<Claims extends RevocableToken>(
    claims: Claims,
    check: RevocationCheck = this.usual,
  ): Claims | Promise<Claims> {
    if (check === 'stateless') return claims;
    const revoked = this.revocations.isRevoked(claims);
    if (revoked === true) throw new TokenRevokedError();
    return revoked === false && check === 'deny-list' ? claims : this.passLater(claims, revoked, check);
  }

  private async passLater<Claims extends RevocableToken>(
    claims: Claims,
    revoked: boolean | Promise<boolean>,
    check: RevocationCheck,
  ): Promise<Claims> {
    if (await revoked) throw new TokenRevokedError();
    if (check === 'strict' && !(await this.mayAct(claims))) throw new TokenRevokedError();
    return claims;
  }

  private async mayAct({ sid, sub }: RevocableToken): Promise<boolean> {
    const [live, user] = await Promise.all([this.sessions.isLive(sid), this.users.findById(sub)]);
    return live && user !== null && !user.disabled;
  }
}
