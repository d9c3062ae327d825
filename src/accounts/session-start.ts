import type { SessionAuthentication } from '../sessions/authentication.js';
import type { ClientInfo } from '../sessions/session-types.js';
import type { TokenPair } from '../tokens/token-types.js';
import type { TokensService } from '../tokens/tokens.service.js';
import type { UserRecord, UserStore } from '../users/user-store.js';

/** A session with the current state of its user. `changed`: the user may no longer log in, or is `null` if deleted. */
export type StartOutcome =
  | { outcome: 'begun'; user: UserRecord; tokens: TokenPair; sessionId: string }
  | { outcome: 'changed'; user: UserRecord | null };

/** Starts the session of a login, and ends it if the account has changed in the meantime. */
export class SessionStart {
  constructor(
    private readonly users: UserStore,
    private readonly tokens: TokensService,
  ) {}

  /**
   * Starts a session for a user who has just been identified.
   *
   * Identifying a user takes time, above all with a password. If the account is disabled or its password changes in the
   * meantime, the revocation that accompanies the change may miss the session that starts here. The user is therefore
   * read again after the session has been created, when any later revocation finds it.
   * @param isStillGood checks the user as read after the session has started; `false` ends the session
   */
  async begin(
    identified: UserRecord,
    isStillGood: (now: UserRecord) => boolean | Promise<boolean>,
    client?: ClientInfo,
    authentication?: SessionAuthentication,
  ): Promise<StartOutcome> {
    const { tokens, sessionId } = await this.tokens.startSession(identified, client, {}, authentication);
    const user = await this.users.findById(identified.id);
    if (user && (await isStillGood(user))) return { outcome: 'begun', user, tokens, sessionId };
    await this.tokens.revokeSession(sessionId, 'logout', client);
    return { outcome: 'changed', user };
  }
}
