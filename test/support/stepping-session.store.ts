import { InMemorySessionStore } from '../../src/sessions/in-memory-session.store.js';
import type {
  EndedSessions,
  NewSession,
  RevocationReason,
  SessionLimits,
} from '../../src/sessions/session-types.js';

const RECENT_MS = 10_000;

/** Ends sessions of all users in steps, as a table does. */
export class SteppingSessionStore extends InMemorySessionStore {
  /** Where each step began. */
  readonly steps: (string | undefined)[] = [];
  private readonly began = new Map<string, number>();

  constructor(
    limits: SessionLimits,
    private readonly time: () => number,
  ) {
    super(limits, time);
  }

  override async create(session: NewSession) {
    this.began.set(session.id, this.time());
    return super.create(session);
  }

  override async revokeBefore(
    given: Date | null,
    reason: RevocationReason,
    { after, limit }: { after?: string; limit: number } = { limit: Infinity },
  ): Promise<EndedSessions> {
    this.steps.push(after);
    const before = given ?? new Date(this.time() + 1);
    const isIn = (sid: string, from: number) => {
      const began = this.began.get(sid)!;
      return began >= from && began < before.getTime();
    };
    const sids = [...this.began.keys()].toSorted();
    const page = sids.filter((sid) => after === undefined || sid > after).slice(0, limit);
    const recent = after === undefined ? sids.filter((sid) => isIn(sid, before.getTime() - RECENT_MS)) : [];
    const ended: string[] = [];
    for (const sid of new Set([...page, ...recent]))
      if (isIn(sid, 0) && (await this.revoke(sid, reason)) !== null) ended.push(sid);
    return { before, ended, next: page.length === limit ? page.at(-1)! : null };
  }
}
