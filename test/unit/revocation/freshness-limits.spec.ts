// To the millisecond, on clocks that stand still until they are set.
import { setTimeout as sleep } from 'node:timers/promises';
import { Freshness } from '../../../src/revocation/freshness.js';

const { now: monotonic } = performance;
const { now: system } = Date;
const PATIENCE = 50;

let ms = 0;
beforeAll(() => {
  performance.now = () => ms;
  Date.now = () => 1_800_000_000_000 + ms;
});
afterAll(() => {
  performance.now = monotonic;
  Date.now = system;
});

const UNAVAILABLE = {
  code: 'UNAVAILABLE',
  message: 'Cannot check right now whether the session has ended.',
  retryAfter: 1,
};
const away = () => Promise.reject(new Error('away'));

/** A copy that may be used for one second without a read. */
function open() {
  const source = { reads: 0, read: async () => {} };
  const freshness = new Freshness(() => (source.reads++, source.read()), 1, PATIENCE);
  /** Reads that begin from now on end when the test wants it. */
  const hold = () => {
    const ends: (() => void)[] = [];
    source.read = () => new Promise<void>((resolve) => ends.push(resolve));
    return ends;
  };
  return { freshness, source, hold };
}

describe('a copy that is renewed all the time', () => {
  it('is as stale as can be before the first read', async () => {
    const { freshness } = open();
    expect([freshness.staleness, freshness.isStale]).toEqual([Infinity, true]);
    await freshness.renew();
    expect([freshness.staleness, freshness.isStale]).toEqual([0, false]);
  });

  it('may be used until the last millisecond of its time', async () => {
    const { freshness } = open();
    await freshness.renew();
    ms += 1_000;
    expect([freshness.staleness, freshness.isStale]).toEqual([1, false]);
    ms += 1;
    expect(freshness.isStale).toBe(true);
  });

  it('is as old as the beginning of its last read', async () => {
    const { freshness, hold } = open();
    const ends = hold();
    const read = freshness.renew();
    ms += 30;
    ends[0]!();
    await read;
    expect(freshness.staleness).toBe(0.03);
  });

  it.each(['a renewal', 'something else'])(
    'is not read by requests for five seconds after %s has failed',
    async (what) => {
      const { freshness, source } = open();
      await freshness.renew();
      source.read = away;
      if (what === 'a renewal') await freshness.renew().catch(() => undefined);
      else freshness.failed();
      source.read = async () => {};
      source.reads = 0;
      ms += 4_999;
      await expect(freshness.look()).rejects.toMatchObject(UNAVAILABLE);
      expect(source.reads).toBe(0);
      ms += 1;
      await freshness.look();
      expect(source.reads).toBe(1);
    },
  );

  it('is read by a request at once after something else has confirmed it again', async () => {
    const { freshness } = open();
    freshness.failed();
    await expect(freshness.look()).rejects.toMatchObject(UNAVAILABLE);
    freshness.confirm();
    ms += 1_001;
    await expect(freshness.look()).resolves.toBeUndefined();
  });

  it('is read a second time when a read takes longer than a request would wait, and not before', async () => {
    const { freshness, source, hold } = open();
    const ends = hold();
    const first = freshness.renew();
    ms += PATIENCE - 1;
    void freshness.renew();
    expect(source.reads).toBe(1);
    ms += 1;
    const second = freshness.renew();
    expect(source.reads).toBe(2);
    ends[0]!();
    await first;
    void freshness.renew();
    expect(source.reads).toBe(2);
    ends[1]!();
    await second;
  });

  it('can be looked at again after a request that was answered, however long ago that is', async () => {
    const { freshness, source } = open();
    await freshness.look();
    await sleep(2 * PATIENCE);
    ms += 1_001;
    source.reads = 0;
    await freshness.look();
    expect(source.reads).toBe(1);
  });
});
