import { TokenRevokedError } from '../errors/auth-errors.js';
import type { RevocationCheck } from './revocation-check.js';
import type { RevocableToken, RevocationList } from './revocation-list.js';
import type { UserStore } from '../users/user-store.js';
import type { SessionStore } from '../sessions/session-store.js';

/** Finds out whether an access token that is otherwise good was revoked, in the way a route or the module asks for. */
export class RevocationChecks {
  /** @param usual where nothing else is asked for */
  constructor(
    private readonly revocations: RevocationList,
    private readonly sessions: SessionStore,
    private readonly users: UserStore,
    private readonly usual: RevocationCheck,
  ) {}

  /**
   * The claims again, at once where nothing has to be waited for.
   * @throws TokenRevokedError
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
