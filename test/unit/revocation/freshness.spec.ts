import { setTimeout as sleep } from 'node:timers/promises';
import { Freshness } from '../../../src/revocation/freshness.js';

/** Seconds by which each clock runs ahead of real time. */
const ahead = { monotonic: 0, system: 0 };
const { now: monotonic } = performance;
const { now: system } = Date;
beforeAll(() => {
  performance.now = () => monotonic.call(performance) + ahead.monotonic * 1000;
  Date.now = () => system() + ahead.system * 1000;
});
beforeEach(() => Object.assign(ahead, { monotonic: 0, system: 0 }));
afterAll(() => {
  performance.now = monotonic;
  Date.now = system;
});

const freeze = (seconds: number) => {
  ahead.monotonic += seconds;
  ahead.system += seconds;
};

/** A copy that has just been read; each later read behaves as told. */
async function start({ maxStaleness = 60, patienceMs = 50 } = {}) {
  const source = { reads: 0, read: async () => {} };
  const freshness = new Freshness(() => (source.reads++, source.read()), maxStaleness, patienceMs);
  await freshness.renew();
  source.reads = 0;
  return { freshness, source };
}

const away = () => Promise.reject(new Error('away'));
const UNAVAILABLE = expect.objectContaining({ code: 'UNAVAILABLE' });

describe('a copy that was not renewed, because the process was frozen', () => {
  it('is read once for a thousand requests that wait', async () => {
    const { freshness, source } = await start();
    freeze(61);
    expect(freshness.isStale).toBe(true);
    await Promise.all([freshness.renew(), ...Array.from({ length: 1000 }, () => freshness.look())]);
    expect(source.reads).toBe(1);
    expect(freshness.isStale).toBe(false);
  });

  it.each([0.2, 3600])('is read first, also with a limit of %s seconds', async (maxStaleness) => {
    const { freshness, source } = await start({ maxStaleness });
    freeze(maxStaleness + 0.1);
    await freshness.look();
    expect(source.reads).toBe(1);
  });

  it('is read again when the connection turns out to be dead', async () => {
    const { freshness, source } = await start();
    freeze(61);
    source.read = () => (source.reads === 1 ? away() : Promise.resolve());
    await freshness.look();
    expect(source.reads).toBe(2);
  });

  it('is refused when it cannot be read, and the next request is refused immediately', async () => {
    const { freshness, source } = await start();
    freeze(61);
    source.read = away;
    const waiting = Array.from({ length: 1000 }, () => freshness.look());
    const failures = (await Promise.allSettled(waiting)).map(({ status }) => status);
    expect(new Set(failures)).toEqual(new Set(['rejected']));
    source.reads = 0;
    await expect(freshness.look()).rejects.toEqual(UNAVAILABLE);
    expect(source.reads).toBe(0);
  });

  it('is refused after a moment when nothing answers', async () => {
    const { freshness, source } = await start();
    freeze(61);
    source.read = () => new Promise(() => undefined);
    const began = monotonic.call(performance);
    await expect(freshness.look()).rejects.toEqual(UNAVAILABLE);
    await expect(freshness.look()).rejects.toEqual(UNAVAILABLE);
    expect(monotonic.call(performance) - began).toBeLessThan(1000);
    expect(source.reads).toBe(1);
  });

  it('is waited for no longer than allowed, and the error says so', async () => {
    const { freshness, source } = await start({ patienceMs: 30 });
    freeze(61);
    source.read = () => new Promise(() => undefined);
    const later = sleep(70, 'the request waits too long');
    const refusal = freshness.look().catch((error: Error) => error);
    expect(await Promise.race([refusal, later])).toMatchObject({
      code: 'UNAVAILABLE',
      cause: { message: 'Nothing was read within 30 ms.' },
    });
  });

  it('is tried eleven times, as each connection of a pool may be dead', async () => {
    const { freshness, source } = await start({ patienceMs: 10_000 });
    freeze(61);
    source.read = away;
    await expect(freshness.look()).rejects.toMatchObject({ code: 'UNAVAILABLE', cause: { message: 'away' } });
    expect(source.reads).toBe(11);
  });

  it('is read by a request after a second freeze, even if the read before it failed', async () => {
    const { freshness, source } = await start();
    freeze(61);
    source.read = away;
    await expect(freshness.look()).rejects.toEqual(UNAVAILABLE);
    source.read = async () => {};
    freeze(61);
    await freshness.look();
  });
});

describe('a copy that was being read when the process was frozen', () => {
  /** The copy becomes stale while a read is under way, which ends soon after the process runs again. */
  async function startWithin(ends: () => Promise<void>) {
    const { freshness, source } = await start({ maxStaleness: 2 });
    let end: (outcome: Promise<void>) => void = () => {};
    source.read = () => new Promise<void>((resolve) => (end = resolve));
    const before = freshness.renew().catch(() => undefined);
    freeze(3);
    source.read = async () => {};
    setTimeout(() => end(ends()), 10);
    return { freshness, source, before };
  }

  it.each([
    ['has been answered', async () => {}],
    ['ran out of time', away],
  ] as const)('is waited for by a thousand requests, although that read %s', async (_, ends) => {
    const { freshness, source, before } = await startWithin(ends);
    await Promise.all(Array.from({ length: 1000 }, () => freshness.look()));
    await before;
    expect(freshness.isStale).toBe(false);
    expect(source.reads).toBeLessThanOrEqual(3);
    freeze(3);
    await freshness.look();
  });

  it('is read anew for a request, whose answer is never what was read before the freeze', async () => {
    const { freshness, source } = await start({ maxStaleness: 0.01 });
    let end = () => {};
    source.read = () => new Promise<void>((resolve) => (end = resolve));
    void freshness.renew();
    freeze(0.02);
    const look = freshness.look();
    source.read = async () => {};
    end();
    await look;
    expect(source.reads).toBe(2);
  });
});

it('a copy that is not stale is read once, even if that fails: the next renewal reads it', async () => {
  const { freshness, source } = await start();
  source.read = away;
  await expect(freshness.renew()).rejects.toThrow('away');
  expect(source.reads).toBe(1);
});

describe('the age of a copy', () => {
  it('counts the time that a machine slept, while the monotonic clock stood still', async () => {
    const { freshness } = await start();
    ahead.system = 3600;
    expect(freshness.isStale).toBe(true);
    await freshness.look();
    expect(freshness.isStale).toBe(false);
  });

  it('is not shortened by a system clock that is set back', async () => {
    const { freshness } = await start();
    ahead.system = -3600;
    expect(freshness.isStale).toBe(false);
    ahead.monotonic = 61;
    expect(freshness.isStale).toBe(true);
    await freshness.look();
    expect(freshness.isStale).toBe(false);
    ahead.system = 0;
    await freshness.renew();
    expect(freshness.isStale).toBe(false);
  });

  it('is that of the read that began last, whichever ends last', async () => {
    const { freshness, source } = await start();
    let end = () => {};
    source.read = () => new Promise<void>((resolve) => (end = resolve));
    const slow = freshness.renew();
    freeze(30);
    freshness.confirm();
    end();
    await slow;
    expect(freshness.staleness).toBeLessThan(1);
  });
});
