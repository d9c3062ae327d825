import { UnavailableError, ValidationFailedError } from '../errors/auth-errors.js';
import type { AuthEvents } from '../events/auth-events.js';
import type { SessionStore } from '../sessions/session-store.js';
import type { RevocationList } from './revocation-list.js';
import type { SessionEnder } from './session-ender.js';

const PARTIAL =
  'A database of sessions does not answer. All other sessions have ended: repeat this when it answers again.';

/** Sessions per step: a step takes far less time than a statement may. */
const STEP = 2_000;

/** Which sessions to end, and whom to tell. */
export interface EndAllOptions {
  /** Only sessions that began before this time. Default: all that exist. */
  before?: Date;
  /** Called after each step with the number of sessions looked at so far. */
  onProgress?: (looked: number) => void;
}

/** What {@link EndAllOptions} led to. */
export interface EndedAll {
  /** The sessions that began before this time have ended. */
  before: Date;
  /** How many sessions lived until then. */
  ended: number;
}

/** Ends sessions by the thousand: first one revocation that all instances know within a second, then row by row. */
export class MassRevocation {
  /** @param settings `remember`: seconds after which no session that exists now can live */
  constructor(
    private readonly sessions: SessionStore,
    private readonly ender: SessionEnder,
    private readonly revocations: RevocationList,
    private readonly events: AuthEvents,
    private readonly settings: { remember: number; clock: () => number },
  ) {}

  /** See `AccountAdmin.endAllSessions`. */
  async endAll({ before: given, onProgress }: EndAllOptions): Promise<EndedAll> {
    this.assertPast(given);
    const { sessions } = this;
    if (typeof sessions.revokeBefore !== 'function')
      throw new Error(
        `This session store has no method revokeBefore: implement it in ${sessions.constructor.name} as SessionStore describes it.`,
      );
    let [count, isPartial] = [0, false];
    const end = async (time: Date | null, limit: number, after?: string) => {
      const step = await sessions.revokeBefore!(time, 'ended', { after, limit });
      count += step.ended.length;
      isPartial ||= step.isPartial === true;
      return step;
    };
    // A token says in whole seconds when its session began. The sessions of the second in question are ended by name.
    const first = await end(given ?? null, 1);
    const { before } = first;
    const since = lastOfEarlierSecond(before);
    await this.revocations.revoke([{ kind: 'all', id: '*', since }], this.settings.remember);
    await this.ender.forbid('session', first.ended);
    let looked = 0;
    for (let after: string | null | undefined; after !== null;) {
      const step = await end(before, STEP, after);
      await this.ender.forbid('session', step.ended);
      after = step.next;
      onProgress?.((looked += STEP));
    }
    // A login whose statement was running at the beginning has committed by now.
    const last = await end(before, 1);
    await this.ender.forbid('session', last.ended);
    await this.events.record({ type: 'all-sessions-ended', before: before.toISOString(), count });
    // The revocation covers what could not be looked at, except for sessions of the same second.
    if (isPartial) throw new UnavailableError({ message: PARTIAL, retryAfter: 1 });
    return { before, ended: count };
  }

  /** See `AccountAdmin.endSessionsOf`. */
  async endUser(userId: string): Promise<number> {
    const sids = await this.ender.endAll(userId, 'ended');
    // For access tokens of sessions that a restored backup does not have. Spares the tokens of a login that follows.
    const since = lastOfEarlierSecond(new Date(this.settings.clock() - 1_000));
    await this.ender.forbid('user', [userId], since);
    return sids.length;
  }

  private assertPast(before: Date | undefined): void {
    if (before === undefined || before.getTime() <= this.settings.clock()) return;
    const message = 'before must be a time in the past.';
    throw new ValidationFailedError({ details: [{ field: 'before', message }] });
  }
}

function lastOfEarlierSecond(time: Date): Date {
  return new Date(Math.floor(time.getTime() / 1_000) * 1_000 - 1);
}
