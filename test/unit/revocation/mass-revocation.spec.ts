import { randomUUID } from 'node:crypto';
import { AuthEvents } from '../../../src/events/auth-events.js';
import type { AuthEvent } from '../../../src/events/auth-event.js';
import { InMemoryRevocationList } from '../../../src/revocation/in-memory-revocation-list.js';
import { MassRevocation } from '../../../src/revocation/mass-revocation.js';
import { SessionEnder } from '../../../src/revocation/session-ender.js';
import { SESSION_LIMITS } from '../../support/session-limits.js';
import { SteppingSessionStore } from '../../support/stepping-session.store.js';

const SECOND = 1_000;
/** In the middle of a second. */
const NOW = 1_800_000_000 * SECOND + 500;

describe('the end of all sessions', () => {
  let now: number;
  let sessions: SteppingSessionStore;
  let list: InMemoryRevocationList;
  let mass: MassRevocation;
  let heard: AuthEvent[];
  beforeEach(() => {
    now = NOW;
    heard = [];
    sessions = new SteppingSessionStore(SESSION_LIMITS, () => now);
    list = new InMemoryRevocationList(() => now);
    const events = new AuthEvents(
      () => now,
      () => undefined,
    );
    events.subscribe((event) => void heard.push(event));
    const ender = new SessionEnder(sessions, list, events, 1_020);
    mass = new MassRevocation(sessions, ender, list, events, { remember: 7_200, clock: () => now });
  });

  const begin = async (userId = 'ada') => {
    const session = await sessions.create({ id: randomUUID(), jti: randomUUID(), userId });
    return session.id;
  };
  const isRefused = (sid: string, began: number, sub = 'ada') =>
    list.isRevoked({
      sid,
      jti: 'x',
      sub,
      iat: Math.floor(began / SECOND),
      auth_time: Math.floor(began / SECOND),
    });

  it('ends what began before now, counts it and tells of it', async () => {
    now = NOW - 2 * SECOND;
    const sids = [await begin(), await begin('bob'), await begin()];
    now = NOW;
    sids.push(await begin());
    expect(await mass.endAll({})).toEqual({ before: new Date(NOW + 1), ended: 4 });
    for (const sid of sids) expect([await sessions.isLive(sid), isRefused(sid, NOW)]).toEqual([false, true]);
    expect(heard).toMatchObject([
      { type: 'all-sessions-ended', before: new Date(NOW + 1).toISOString(), count: 4 },
    ]);
    // Not by its name, because no row of it is there: what began in an earlier second is refused, and nothing later.
    const second = Math.floor(NOW / SECOND) * SECOND;
    expect([isRefused('unknown', second - 1), isRefused('unknown', second)]).toEqual([true, false]);
  });

  it('is told of each session by its name, so that what it keeps open can be closed', async () => {
    const told: string[] = [];
    list.watch(({ kind, id }) => void told.push(`${kind} ${id}`));
    now = NOW - 3_600 * SECOND;
    const old = await begin();
    now = NOW;
    const recent = await begin();
    await mass.endAll({});
    expect(told.toSorted()).toEqual(['all *', `session ${old}`, `session ${recent}`].toSorted());
  });

  it('is remembered for as long as a session can live', async () => {
    await mass.endAll({});
    const sweepAt = async (seconds: number) => {
      now = NOW + seconds * SECOND;
      await list.revoke([], 1);
    };
    await sweepAt(7_199);
    expect(isRefused('unknown', NOW - 5 * SECOND)).toBe(true);
    await sweepAt(7_260);
    expect(isRefused('unknown', NOW - 5 * SECOND)).toBe(false);
  });

  it('can be that of what began before a time, which is not in the future', async () => {
    const sid = await begin();
    await expect(mass.endAll({ before: new Date(NOW + 1) })).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
      details: [{ field: 'before', message: 'before must be a time in the past.' }],
    });
    expect([await sessions.isLive(sid), heard.length, list.size]).toEqual([true, 0, 0]);
    expect(await mass.endAll({ before: new Date(NOW) })).toMatchObject({ before: new Date(NOW) });
  });

  it('says after each step how many sessions it has looked at', async () => {
    for (let i = 0; i < 2_001; i++) await begin();
    const looked: number[] = [];
    expect(await mass.endAll({ onProgress: (count) => looked.push(count) })).toMatchObject({ ended: 2_001 });
    expect(looked).toEqual([2_000, 4_000]);
  });

  it('includes a login that was under way at the beginning', async () => {
    let late = '';
    const { revokeBefore } = sessions;
    let asked = 0;
    sessions.revokeBefore = async (...step) => {
      if (++asked === 3) late = await begin('late');
      return revokeBefore.apply(sessions, step);
    };
    await begin();
    expect(await mass.endAll({})).toMatchObject({ ended: 2 });
    expect([await sessions.isLive(late), isRefused(late, NOW)]).toEqual([false, true]);
  });

  it.each([1, 2, 3])('is to be repeated if a database did not answer, in step %i', async (partial) => {
    const sid = await begin();
    const { revokeBefore } = sessions;
    let asked = 0;
    sessions.revokeBefore = async (...step) => {
      const done = await revokeBefore.apply(sessions, step);
      return ++asked === partial ? { ...done, isPartial: true } : done;
    };
    await expect(mass.endAll({})).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      retryAfter: 1,
      message:
        'A database of sessions does not answer. All other sessions have ended: repeat this when it answers again.',
    });
    expect(await sessions.isLive(sid)).toBe(false);
    expect(heard).toMatchObject([{ type: 'all-sessions-ended', count: 1 }]);
  });

  it('needs a method of the store, and the error names store and method', async () => {
    Object.assign(sessions, { revokeBefore: undefined });
    await expect(mass.endAll({})).rejects.toThrow(
      'This session store has no method revokeBefore: implement it in SteppingSessionStore as SessionStore describes it.',
    );
  });

  it('of one user ends the own sessions, and older tokens of sessions that are in no row', async () => {
    const [own, other] = [await begin(), await begin('bob')];
    expect(await mass.endUser('ada')).toBe(1);
    expect([await sessions.isLive(own), await sessions.isLive(other)]).toEqual([false, true]);
    expect(heard).toMatchObject([{ type: 'session-ended', reason: 'ended', userId: 'ada', sessionId: own }]);
    const second = Math.floor(NOW / SECOND) * SECOND;
    const ages = [second - 2 * SECOND, second - SECOND, second];
    expect(ages.map((began) => isRefused('unknown', began))).toEqual([true, false, false]);
    expect(isRefused('unknown', ages[0]!, 'bob')).toBe(false);
  });
});
