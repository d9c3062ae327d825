import type { ClientInfo } from '../sessions/session-types.js';
import type { TokenPair } from '../tokens/token-types.js';
import type { TokensService } from '../tokens/tokens.service.js';
import type { UserRecord, UserStore } from '../users/user-store.js';

/** A session with the user as they are now, or, in `changed`, the user who is no longer good; `null` when deleted. */
export type StartOutcome =
  | { outcome: 'begun'; user: UserRecord; tokens: TokenPair; sessionId: string }
  | { outcome: 'changed'; user: UserRecord | null };

/** Starts the session of a login, and ends it again if the account has changed meanwhile. */
export class SessionStart {
  constructor(
    private readonly users: UserStore,
    private readonly tokens: TokensService,
  ) {}

  /**
   * Starts a session for a user who has just been identified.
   *
   * Identifying somebody takes time, by password above all. If the account is disabled or its password changes
   * meanwhile, the revocation that comes with the change may miss the session that begins here. So the user is read
   * again once the session exists, where any later revocation finds it.
   * @param isStillGood judges the user as read after the session began; `false` ends the session
   */
  async begin(
    identified: UserRecord,
    isStillGood: (now: UserRecord) => boolean | Promise<boolean>,
    client?: ClientInfo,
  ): Promise<StartOutcome> {
    const { tokens, sessionId } = await this.tokens.startSession(identified, client);
    const user = await this.users.findById(identified.id);
    if (user && (await isStillGood(user))) return { outcome: 'begun', user, tokens, sessionId };
    await this.tokens.revokeSession(sessionId, 'logout', client);
    return { outcome: 'changed', user };
  }
}
