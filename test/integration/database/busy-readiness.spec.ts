import { DataSource } from 'typeorm';
import { AuthReadiness, type ReadinessParts } from '../../../src/auth/readiness/auth-readiness.js';
import { requestConnection } from '../../../src/database/connection.js';
import { openGate } from '../../support/database-gate.js';
import { createDatabase, type TestDatabase } from '../../support/postgres.js';

interface Pool {
  connect(): Promise<{ release(): void }>;
}

let database: TestDatabase;
let gate: Awaited<ReturnType<typeof openGate>>;
let source: DataSource;
let readiness: AuthReadiness;
let now = 0;

beforeEach(async () => {
  database = await createDatabase();
  gate = await openGate(database.url);
  source = await new DataSource({ ...requestConnection({ url: gate.url, poolSize: 2 }) }).initialize();
  const proved = { prove: async () => undefined };
  const parts = { source, writes: undefined, accessTokens: proved, refreshTokens: proved, ring: undefined };
  const log = { error: () => undefined, warn: () => undefined };
  readiness = new AuthReadiness(
    { ...parts, instances: undefined } as unknown as ReadinessParts,
    log,
    () => now,
  );
});
afterEach(async () => {
  await source.destroy();
  await gate.close();
  await database.drop();
});

const check = () =>
  readiness.check().then(
    () => 'ready',
    (error: Error) => error.message,
  );

async function takeAll(): Promise<() => void> {
  const { master } = source.driver as unknown as { master: Pool };
  const taken = [await master.connect(), await master.connect()];
  return () => taken.forEach((connection) => connection.release());
}

const BUSY = 'The database is too busy, or does not answer in time.';

describe('readiness while requests hold all connections of the pool', () => {
  it('stays for ten seconds, then it is gone until one is free', async () => {
    expect(await check()).toBe('ready');
    const free = await takeAll();
    expect(await check()).toBe('ready');
    now += 9_999;
    expect(await check()).toBe('ready');
    now += 1;
    expect([await check(), await check()]).toEqual([BUSY, BUSY]);
    free();
    expect(await check()).toBe('ready');
    // The next time is another one.
    const freeAgain = await takeAll();
    expect(await check()).toBe('ready');
    freeAgain();
  });

  it('does not come from being busy alone', async () => {
    const free = await takeAll();
    expect(await check()).toBe(BUSY);
    free();
  });

  it('has no patience with a database that refuses connections, and does not turn from away to busy', async () => {
    expect(await check()).toBe('ready');
    await gate.refuse();
    expect(await check()).toBe('The database does not answer.');
    await gate.open();
    const free = await takeAll();
    expect(await check()).toBe(BUSY);
    free();
    expect(await check()).toBe('ready');
  });
});
