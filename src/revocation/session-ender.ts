import type { AuthEvents } from '../events/auth-events.js';
import type { Revocation, RevocationList } from './revocation-list.js';
import type { SessionStore } from '../sessions/session-store.js';
import type { ClientInfo, RevocationReason } from '../sessions/session-types.js';

/** Ends sessions with their access tokens, and tells of each that it ended. */
export class SessionEnder {
  /** @param remember seconds after which the last access token of an ended session has expired */
  constructor(
    private readonly sessions: SessionStore,
    private readonly revocations: RevocationList,
    private readonly events: AuthEvents,
    private readonly remember: number,
  ) {}

  async end(sid: string, reason: RevocationReason, client?: ClientInfo): Promise<void> {
    const userId = await this.sessions.revoke(sid, reason);
    if (userId !== null) this.tell(userId, [sid], reason, client);
    await this.forbid('session', [sid]);
  }

  async endAll(
    userId: string,
    reason: RevocationReason,
    { except, client }: { except?: string; client?: ClientInfo } = {},
  ): Promise<void> {
    await this.ended(userId, await this.sessions.revokeAll(userId, reason, except), reason, client);
  }

  /** What remains to be done for sessions that have been ended in their table. */
  async ended(userId: string, sids: string[], reason: RevocationReason, client?: ClientInfo): Promise<void> {
    this.tell(userId, sids, reason, client);
    await this.forbid('session', sids);
  }

  async forbid(kind: Revocation['kind'], ids: string[]): Promise<void> {
    await this.revocations.revoke(
      ids.map((id) => ({ kind, id })),
      this.remember,
    );
  }

  private tell(userId: string, sids: string[], reason: RevocationReason, client?: ClientInfo): void {
    for (const sessionId of sids) {
      const about = { ...client, userId, sessionId };
      this.events.emit(
        reason === 'logout' ? { type: 'logged-out', ...about } : { type: 'session-ended', reason, ...about },
      );
    }
  }
}
