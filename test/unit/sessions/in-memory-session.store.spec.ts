// To the millisecond, as only a clock that can be set allows; `test/contract` has what every store promises.
import { InMemorySessionStore } from '../../../src/sessions/in-memory-session.store.js';
import { describeSessionLimit } from '../../contract/session-limit.contract.js';
import { SESSION_LIMITS } from '../../support/session-limits.js';

const BEGAN = 1_800_000_000_000;
const [sid, first, second, third] = ['s', 'a', 'b', 'c'] as const;

let now: number;
let store: InMemorySessionStore;
beforeEach(async () => {
  now = BEGAN;
  store = new InMemorySessionStore({ ...SESSION_LIMITS, idleTtl: 60, absoluteTtl: 100 }, () => now);
  await store.create({ id: sid, userId: 'ada', jti: first });
});

const standing = (jti: string) => store.standingOf(sid, jti);

it('a session ends at the very millisecond of its expiry, and not before', async () => {
  now = BEGAN + 59_999;
  expect([await store.isLive(sid), await standing(first)]).toEqual([true, 'current']);
  expect(await store.listLive('ada')).toHaveLength(1);
  now = BEGAN + 60_000;
  expect([await store.isLive(sid), await standing(first)]).toEqual([false, 'expired']);
  expect(await store.listLive('ada')).toEqual([]);
  expect(await store.rotate({ sid, jti: first, nextJti: second })).toEqual({ outcome: 'expired' });
});

it('a rotation makes it live longer, but never beyond its absolute end', async () => {
  now = BEGAN + 50_000;
  expect(await store.rotate({ sid, jti: first, nextJti: second })).toMatchObject({ outcome: 'rotated' });
  now = BEGAN + 99_999;
  expect(await store.isLive(sid)).toBe(true);
  now = BEGAN + 100_000;
  expect(await store.isLive(sid)).toBe(false);
});

it('the predecessor is a replay until the last millisecond of the leeway, and then reuse', async () => {
  await store.rotate({ sid, jti: first, nextJti: second });
  now = BEGAN + SESSION_LIMITS.leeway * 1_000;
  expect(await standing(first)).toBe('replayed');
  now++;
  expect(await standing(first)).toBe('reused');
});

it('once the successor has been used, the predecessor is reuse at once', async () => {
  await store.rotate({ sid, jti: first, nextJti: second });
  await store.rotate({ sid, jti: second, nextJti: third });
  expect([await standing(first), await standing(second), await standing(third)]).toEqual([
    'reused',
    'replayed',
    'current',
  ]);
});

it('ends sessions that began before a moment, and no later ones', async () => {
  now++;
  await store.create({ id: 'later', userId: 'ada', jti: first });
  expect(await store.revokeBefore(new Date(BEGAN + 1), 'ended')).toMatchObject({ ended: [sid], next: null });
  expect(await store.isLive('later')).toBe(true);
  expect(await store.revokeBefore(null, 'ended')).toMatchObject({
    before: new Date(now + 1),
    ended: ['later'],
  });
});

describeSessionLimit('InMemorySessionStore', async (limits) => {
  let time = BEGAN;
  const advance = async (seconds: number) => void (time += seconds * 1_000);
  return { store: new InMemorySessionStore(limits, () => time), advance };
});
