import { randomUUID } from 'node:crypto';
import { UnavailableError } from '../../../src/errors/auth-errors.js';
import type { EndedSessions } from '../../../src/sessions/session-types.js';
import { PartlyEndedError } from '../../../src/sessions/shards/partly-ended.error.js';
import { sessionIdOn, shardOf } from '../../../src/sessions/shards/shard-number.js';
import { ShardedSessionStore } from '../../../src/sessions/shards/sharded-session.store.js';
import { SESSION_LIMITS } from '../../support/session-limits.js';
import { SteppingSessionStore } from '../../support/stepping-session.store.js';

const BEGAN = 1_800_000_000_000;
const NUMBERS = [0, 1, 2];

describe('sessions in several databases', () => {
  let now: number;
  let stores: SteppingSessionStore[];
  let store: ShardedSessionStore;
  /** What a database answers instead. */
  let failures: Map<number, Error>;
  let lost: Set<number>;
  let failed: [number, unknown][];
  let order: number[];

  const open = (limits = SESSION_LIMITS) => {
    stores = NUMBERS.map(() => new SteppingSessionStore(limits, () => now));
    const storeOf = (number: number) => {
      if (failures.has(number)) throw failures.get(number)!;
      return stores[number] as Required<SteppingSessionStore>;
    };
    const databases = {
      numbers: NUMBERS,
      storeOf,
      forNew: () => order,
      answers: (number: number) => !lost.has(number),
      failed: (number: number, error: unknown) => void failed.push([number, error]),
    };
    store = new ShardedSessionStore(databases, limits);
  };
  beforeEach(() => {
    now = BEGAN;
    [failures, lost, failed, order] = [new Map(), new Set(), [], [1, 2, 0]];
    open();
  });

  const begin = async (number: number, userId = 'ada') => {
    order = [number];
    const { id, currentJti } = await store.create({ id: randomUUID(), jti: randomUUID(), userId });
    return { sid: id, jti: currentJti };
  };
  const beginAll = async (...counts: number[]) => {
    const sids: string[] = [];
    for (const [number, count] of counts.entries())
      for (let i = 0; i < count; i++) sids.push((await begin(number)).sid);
    return sids;
  };
  const endAll = async (limit: number) => {
    const steps: EndedSessions[] = [];
    for (let after: string | null | undefined; after !== null && steps.length < 20;) {
      steps.push(await store.revokeBefore(null, 'ended', { limit, ...(after !== undefined && { after }) }));
      after = steps.at(-1)!.next;
    }
    return steps;
  };

  it('of all users end step by step, in each database once, and the last step says that it is the last', async () => {
    const sids = await beginAll(1, 5, 3);
    const steps = await endAll(2);
    expect(steps.flatMap(({ ended }) => ended).toSorted()).toEqual(sids.toSorted());
    expect(steps.map(({ next }) => next === null)).toEqual([false, false, true]);
    expect(steps.map(({ isPartial }) => isPartial)).toEqual([false, false, false]);
    const places = stores.map(({ steps: asked }) => asked);
    expect(places.map(({ length }) => length)).toEqual([1, 3, 2]);
    for (const asked of places) expect(new Set(asked).size).toBe(asked.length);
  });

  it('of all users end in the databases that answer, and it is said that this was not all', async () => {
    const sids = await beginAll(1, 2, 2);
    failures.set(2, new UnavailableError());
    const steps = await endAll(10);
    expect(steps).toMatchObject([{ before: new Date(BEGAN + 1), next: null, isPartial: true }]);
    expect(steps[0]!.ended.toSorted()).toEqual(sids.filter((sid) => shardOf(sid) !== 2).toSorted());
  });

  it.each([
    ['the main one does not answer', 0, new UnavailableError()],
    ['a shard is broken', 2, new Error('no such table')],
  ])('of all users do not seem to have ended if %s', async (_, number, error) => {
    await beginAll(1, 1, 1);
    failures.set(number, error);
    await expect(store.revokeBefore(null, 'ended', { limit: 10 })).rejects.toBe(error);
  });

  it('of a user end in the databases that answer; what is broken is not taken for what does not answer', async () => {
    const sids = await beginAll(1, 1, 1);
    const broken = new Error('no such table');
    failures.set(1, broken);
    await expect(store.revokeAll('ada', 'ended', sids[0])).rejects.toBe(broken);
    failures.set(1, new UnavailableError());
    const failure = await store.revokeAll('ada', 'ended').catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(PartlyEndedError);
    expect(failure).toMatchObject({ ended: [sids[0]], retryAfter: 1, cause: failures.get(1) });
    failures.clear();
    expect(await store.revokeAll('ada', 'ended')).toEqual([sids[1]]);
  });

  it('begin in the next database if one fails, which is told, and if all do, the last failure is thrown', async () => {
    const errors = NUMBERS.map((number) => new UnavailableError({ message: `${number}` }));
    failures.set(1, errors[1]!);
    const created = await store.create({ id: randomUUID(), jti: randomUUID(), userId: 'ada' });
    expect(shardOf(created.id)).toBe(2);
    expect(failed).toEqual([[1, errors[1]]]);
    failures.set(2, errors[2]!).set(0, errors[0]!);
    const none = store.create({ id: randomUUID(), jti: randomUUID(), userId: 'ada' });
    await expect(none).rejects.toBe(errors[0]);
  });

  it('are listed without those in a database that does not answer, the latest used first', async () => {
    const [first, second, third] = [
      await begin(2),
      ((now += 1_000), await begin(0)),
      ((now += 1_000), await begin(1)),
    ];
    now += 1_000;
    await store.rotate({ ...first, nextJti: randomUUID() });
    now += 1_000;
    await store.rotate({ ...second, nextJti: randomUUID() });
    const listed = async () => (await store.listLive('ada')).map(({ id }) => id);
    expect(await listed()).toEqual([second.sid, first.sid, third.sid]);
    failures.set(1, new UnavailableError());
    expect(await listed()).toEqual([second.sid, first.sid]);
    failures.set(1, new Error('no such table'));
    await expect(listed()).rejects.toThrow('no such table');
    lost.add(1);
    expect(await listed()).toEqual([second.sid, first.sid]);
    for (const number of [0, 2]) failures.set(number, new UnavailableError());
    await expect(listed()).rejects.toBeInstanceOf(UnavailableError);
  });

  it.each(['evict', 'refuse'] as const)('are limited in all databases together (%s)', async (whenFull) => {
    open({ ...SESSION_LIMITS, maxPerUser: 2, whenFull });
    const sids: string[] = [];
    for (const number of [1, 2]) {
      sids.push((await begin(number)).sid);
      now += 1_000;
      expect(await store.endSurplus('ada', sids.at(-1)!)).toEqual([]);
    }
    const { sid } = await begin(0);
    expect(await store.endSurplus('ada', sid)).toEqual([whenFull === 'evict' ? sids[0] : sid]);
    expect(await store.endSurplus('ada', sid)).toEqual([]);
  });

  it('over the limit that somebody else ends at the same time are not told to have ended here', async () => {
    open({ ...SESSION_LIMITS, maxPerUser: 1 });
    await begin(1);
    now += 1_000;
    const { sid } = await begin(2);
    stores[1]!.revoke = async () => null;
    expect(await store.endSurplus('ada', sid)).toEqual([]);
  });

  it('are unlimited if there is no limit', async () => {
    const sids = await beginAll(2, 2, 2);
    expect(await store.endSurplus('ada', sids[0]!)).toEqual([]);
    expect(await store.listLive('ada')).toHaveLength(6);
  });

  it('belong to their users only, and nobody has one in a database that is not there', async () => {
    const { sid } = await begin(2);
    expect(await store.belongsTo('ada', sid)).toBe(true);
    expect(await store.belongsTo('eve', sid)).toBe(false);
    expect(await store.belongsTo('ada', sessionIdOn(3))).toBe(false);
  });

  it('are reached by their ids for everything that is done to one of them', async () => {
    const { sid, jti } = await begin(2);
    expect(await store.isLive(sid, jti)).toBe(true);
    expect(await store.isLive(sid, randomUUID())).toBe(false);
    expect(await store.standingOf(sid, jti)).toBe('current');
    expect(await store.reauthenticate(sid, 'ada', { acr: 'mfa', amr: ['otp', 'pwd'] })).toMatchObject({
      acr: 'mfa',
    });
    expect(await store.lower(sid, 'ada')).toBe(true);
    expect(await store.rotate({ sid, jti, nextJti: randomUUID() })).toMatchObject({
      outcome: 'rotated',
      session: { acr: 'pwd', amr: ['pwd'] },
    });
    expect(await store.revoke(sid, 'ended')).toBe('ada');
    expect(await store.isLive(sid)).toBe(false);
  });
});
