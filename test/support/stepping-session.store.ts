import { InMemorySessionStore } from '../../src/sessions/in-memory-session.store.js';
import type { EndedSessions, SessionLimits } from '../../src/sessions/session-types.js';

/** Ends as many sessions in a step as it is asked to, as a table does. */
export class SteppingSessionStore extends InMemorySessionStore {
  readonly steps: (string | undefined)[] = [];
  private readonly sids: string[] = [];

  constructor(
    limits: SessionLimits,
    private readonly time: () => number,
  ) {
    super(limits, time);
  }

  override async create(...session: Parameters<InMemorySessionStore['create']>) {
    this.sids.push(session[0].id);
    return super.create(...session);
  }

  override async revokeBefore(
    before: Date | null,
    ...[reason, step]: [never?, { after?: string; limit: number }?]
  ) {
    const { after, limit } = step!;
    this.steps.push(after);
    const all = this.sids.toSorted();
    const page = all.filter((sid) => after === undefined || sid > after).slice(0, limit);
    const ended: string[] = [];
    for (const sid of page) if ((await this.revoke(sid, reason!)) !== null) ended.push(sid);
    const next = page.length === limit ? page.at(-1)! : null;
    return { before: before ?? new Date(this.time() + 1), ended, next } satisfies EndedSessions;
  }
}
