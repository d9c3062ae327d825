import type { AuthEvents } from '../events/auth-events.js';
import type { Revocation, RevocationList } from './revocation-list.js';
import type { SessionStore } from '../sessions/session-store.js';
import { PartlyEndedError } from '../sessions/shards/partly-ended.error.js';
import type { ClientInfo, RevocationReason } from '../sessions/session-types.js';

/**
 * Seconds for which a revocation is remembered beyond the lifetime of an access token. Covers a token that was signed
 * just before its session ended.
 */
export const REVOCATION_MARGIN_SECONDS = 120;

/** Ends sessions and their access tokens, and emits an event for each session that ended. */
export class SessionEnder {
  /**
   * @param remember seconds after which the last access token of an ended session has expired
   * @param sessionLifetime seconds after which no session that exists now can live
   */
  constructor(
    private readonly sessions: SessionStore,
    private readonly revocations: RevocationList,
    private readonly events: AuthEvents,
    private readonly remember: number,
    private readonly sessionLifetime = remember,
  ) {}

  async end(sid: string, reason: RevocationReason, client?: ClientInfo): Promise<void> {
    const userId = await this.sessions.revoke(sid, reason);
    if (userId !== null) this.emitEnded(userId, [sid], reason, client);
    await this.forbid('session', [sid]);
  }

  /**
   * Sessions in a database that does not answer end as well: they are refused at their next use, wherever they are known.
   * In that case, so is `except`, because nothing tells it from the others.
   */
  async endAll(
    userId: string,
    reason: RevocationReason,
    { except, client }: { except?: string; client?: ClientInfo } = {},
  ): Promise<string[]> {
    try {
      const sids = await this.sessions.revokeAll(userId, reason, except);
      await this.ended(userId, sids, reason, client);
      return sids;
    } catch (error) {
      if (!(error instanceof PartlyEndedError)) throw error;
      this.emitEnded(userId, error.ended, reason, client);
      await this.revocations.revoke([{ kind: 'user-sessions', id: userId }], this.sessionLifetime);
      await this.forbid('session', error.ended);
      return [...error.ended];
    }
  }

  /** Does what remains to be done for sessions already ended in their table: events and revocations. */
  async ended(
    userId: string,
    sids: readonly string[],
    reason: RevocationReason,
    client?: ClientInfo,
  ): Promise<void> {
    this.emitEnded(userId, sids, reason, client);
    await this.forbid('session', sids);
  }

  /** Ends a session that is known to have ended but lives on in its table, such as in one that lost its last changes. */
  async endAgain(sid: string, client?: ClientInfo): Promise<void> {
    const userId = await this.sessions.revoke(sid, 'ended');
    if (userId !== null) await this.ended(userId, [sid], 'ended', client);
  }

  /** @param since see {@link Revocation} */
  async forbid(kind: Revocation['kind'], ids: readonly string[], since?: Date): Promise<void> {
    await this.revocations.revoke(
      ids.map((id) => ({ kind, id, since })),
      this.remember,
    );
  }

  private emitEnded(
    userId: string,
    sids: readonly string[],
    reason: RevocationReason,
    client?: ClientInfo,
  ): void {
    for (const sessionId of sids) {
      const about = { ...client, userId, sessionId };
      this.events.emit(
        reason === 'logout' ? { type: 'logged-out', ...about } : { type: 'session-ended', reason, ...about },
      );
    }
  }
}
