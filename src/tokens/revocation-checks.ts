import { TokenRevokedError } from '../errors/auth-errors.js';
import type { RevocationCheck } from '../revocation/revocation-check.js';
import type { RevocationList } from '../revocation/revocation-list.js';
import type { UserStore } from '../users/user-store.js';
import type { SessionStore } from './session-store.js';
import type { AccessTokenPayload } from './token-types.js';

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
  pass(
    claims: AccessTokenPayload,
    check: RevocationCheck = this.usual,
  ): AccessTokenPayload | Promise<AccessTokenPayload> {
    if (check === 'stateless') return claims;
    const revoked = this.revocations.isRevoked(claims);
    if (revoked === true) throw new TokenRevokedError();
    return revoked === false && check === 'deny-list' ? claims : this.passLater(claims, revoked, check);
  }

  private async passLater(
    claims: AccessTokenPayload,
    revoked: boolean | Promise<boolean>,
    check: RevocationCheck,
  ): Promise<AccessTokenPayload> {
    if (await revoked) throw new TokenRevokedError();
    if (check === 'strict' && !(await this.mayAct(claims))) throw new TokenRevokedError();
    return claims;
  }

  private async mayAct({ sid, sub }: AccessTokenPayload): Promise<boolean> {
    const [live, user] = await Promise.all([this.sessions.isLive(sid), this.users.findById(sub)]);
    return live && user !== null && !user.disabled;
  }
}
