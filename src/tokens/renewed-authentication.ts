import { TokenRevokedError } from '../errors/auth-errors.js';
import type { SessionAuthentication } from '../sessions/authentication.js';
import type { SessionStore } from '../sessions/session-store.js';
import type { TokenPairs } from './token-pairs.js';
import type { TokenLimits, TokenPair, TokenSubject } from './token-types.js';

/** Gives a session whose user has authenticated again a new access token. Its refresh token stays the same. */
export class RenewedAuthentication {
  constructor(
    private readonly sessions: SessionStore,
    private readonly pairs: TokenPairs,
  ) {}

  /**
   * Returns the session's current refresh token and a new access token, with this authentication at the current time.
   * @throws TokenRevokedError when the session has ended
   * @throws InternalError when the access token would be too long: the session then stays as it was
   */
  async record(
    subject: TokenSubject,
    sid: string,
    authentication: Pick<SessionAuthentication, 'acr' | 'amr'>,
    limits?: TokenLimits,
  ): Promise<TokenPair> {
    const { sessions } = this;
    if (typeof sessions.reauthenticate !== 'function')
      throw new Error(
        `This session store has no method reauthenticate: implement it in ${sessions.constructor.name} as SessionStore describes it.`,
      );
    const prepared = await this.pairs.prepare(subject, limits);
    const session = await sessions.reauthenticate(sid, subject.id, authentication);
    if (!session) throw new TokenRevokedError();
    return this.pairs.of(prepared, session);
  }
}
