import { DataSource } from 'typeorm';
import { Cleanup, type CleanupOptions } from '../../../src/cleanup/cleanup.js';
import { Leases } from '../../../src/database/leases.js';
import { authEntities, authMigrations, UnavailableError } from '../../../src/index.js';
import { createMigratedDatabase, type TestDatabase } from '../../support/postgres.js';
import { until } from '../../support/until.js';

const BATCH = 1_000;
const SOON = { lastsMs: 30_000, waitMs: 0 };

let database: TestDatabase;
/** Two instances, each with a single connection. */
let sources: DataSource[];
let mine: Leases;
let theirs: Leases;
beforeAll(async () => {
  database = await createMigratedDatabase();
  const open = () =>
    new DataSource({
      type: 'postgres',
      url: database.url,
      entities: [...authEntities],
      migrations: [...authMigrations],
      poolSize: 1,
      extra: { connectionTimeoutMillis: 5_000 },
    }).initialize();
  sources = [await open(), await open()];
  await sources[0]!.runMigrations();
  [mine, theirs] = sources.map((source) => new Leases(source)) as [Leases, Leases];
});
beforeEach(() => sources[0]!.query('DELETE FROM auth_leases'));
afterAll(async () => {
  for (const source of sources ?? []) await source.destroy();
  await database?.drop();
});

const runOut = (name: string) =>
  sources[0]!.query(
    `UPDATE auth_leases SET expires_at = clock_timestamp() - interval '1 ms' WHERE name = $1`,
    [name],
  );
const names = async () => {
  const rows = await sources[0]!.query<{ name: string }[]>('SELECT name FROM auth_leases ORDER BY name');
  return rows.map(({ name }) => name);
};

describe('a lease', () => {
  it('is held by one instance at a time, until that one releases it', async () => {
    const lease = await mine.acquire('x', SOON);
    expect(await theirs.acquire('x', SOON)).toBeNull();
    expect(await mine.acquire('x', SOON)).toBeNull();
    expect(await theirs.acquire('y', SOON)).not.toBeNull();
    await lease!.release();
    expect(await names()).toEqual(['y']);
    expect(await theirs.acquire('x', SOON)).not.toBeNull();
  });

  it('is acquired by exactly one of many', async () => {
    const leases = await Promise.all(
      Array.from({ length: 40 }, (_, i) => (i % 2 ? mine : theirs).acquire('x', SOON)),
    );
    expect(leases.filter((lease) => lease !== null)).toHaveLength(1);
  });

  it('lasts for its time on the clock of the database', async () => {
    await mine.acquire('x', SOON);
    const [row] = await sources[0]!.query<{ seconds: number }[]>(
      'SELECT extract(epoch FROM expires_at - clock_timestamp())::float8 AS seconds FROM auth_leases',
    );
    expect(row!.seconds).toBeGreaterThan(20);
    expect(row!.seconds).toBeLessThanOrEqual(30);
  });

  it('of a holder that died is free when its time is over, and no earlier', async () => {
    await mine.acquire('x', SOON);
    await expect(theirs.exclusively('x', async () => 1, SOON)).rejects.toThrow(UnavailableError);
    const waiting = theirs.exclusively('x', async () => 1);
    await runOut('x');
    expect(await waiting).toBe(1);
  });

  it('that is renewed lasts longer, also after its time if nobody has taken it', async () => {
    const lease = await mine.acquire('x', SOON);
    await runOut('x');
    expect(await lease!.renew()).toBe(true);
    expect(await theirs.acquire('x', SOON)).toBeNull();
  });

  it('that was lost can neither be renewed nor ended by its former holder', async () => {
    const lost = await mine.acquire('x', SOON);
    await runOut('x');
    const taken = await theirs.acquire('x', SOON);
    expect(await lost!.renew()).toBe(false);
    await lost!.release();
    expect(await names()).toEqual(['x']);
    expect(await taken!.renew()).toBe(true);
  });

  it('is released when the work fails, and the error is passed on', async () => {
    const error = new Error('no');
    await expect(mine.exclusively('x', () => Promise.reject(error))).rejects.toBe(error);
    expect(await names()).toEqual([]);
  });

  it('holds no connection: the work may use the only one', async () => {
    const work = () => sources[0]!.query<[{ one: number }]>('SELECT 1 AS one');
    expect(await mine.exclusively('x', () => mine.exclusively('y', work))).toEqual([{ one: 1 }]);
  });

  it('that its holder left behind is deleted', async () => {
    await mine.acquire('dead', SOON);
    await mine.acquire('alive', SOON);
    await runOut('dead');
    expect(await mine.countExpired()).toBe(1);
    expect(await mine.deleteExpired(10)).toBe(1);
    expect(await mine.countExpired()).toBe(0);
    expect(await names()).toEqual(['alive']);
  });
});

describe('the cleanup', () => {
  /** A table with this many batches of useless rows, each of which takes as long as `during`. */
  const cleanup = (leases: Leases, batches: number, during: (left: number) => unknown = () => undefined) => {
    const left = { batches };
    const table = {
      countExpired: async () => left.batches * BATCH,
      deleteExpired: async () => {
        if (left.batches === 0) return 0;
        left.batches--;
        await during(left.batches);
        return BATCH;
      },
    };
    const run = (options?: CleanupOptions) => new Cleanup(leases, [table], 0, () => undefined).run(options);
    return { run, left };
  };

  it('runs on one instance at a time, and again after it has finished', async () => {
    const first = cleanup(mine, 2, async () => expect(await cleanup(theirs, 1).run()).toBeNull());
    expect(await first.run()).toBe(2 * BATCH);
    expect(await names()).toEqual([]);
    expect(await cleanup(theirs, 1).run()).toBe(BATCH);
  });

  it('stays alone when it runs for longer than its lease', async () => {
    const first = cleanup(mine, 3, async () => {
      expect(await cleanup(theirs, 1).run()).toBeNull();
      await runOut('cleanup');
    });
    expect(await first.run()).toBe(3 * BATCH);
  });

  it('stops when another instance has taken over', async () => {
    const first = cleanup(mine, 3, async () => {
      await runOut('cleanup');
      await theirs.acquire('cleanup', SOON);
    });
    expect(await first.run()).toBe(BATCH);
    expect(first.left.batches).toBe(2);
    expect(await names()).toEqual(['cleanup']);
  });

  it('releases its lease when it fails', async () => {
    const failing = cleanup(mine, 1, () => Promise.reject(new Error('no')));
    await expect(failing.run()).rejects.toThrow('no');
    expect(await names()).toEqual([]);
  });

  it('after a run that was killed, waits for the end of its lease if asked to', async () => {
    await theirs.acquire('cleanup', SOON);
    expect(await cleanup(mine, 1).run()).toBeNull();
    let deleted: number | null | undefined;
    const waiting = cleanup(mine, 1)
      .run({ wait: true })
      .then((rows) => (deleted = rows));
    await runOut('cleanup');
    await until(() => deleted !== undefined);
    expect(await waiting).toBe(BATCH);
  });
});
