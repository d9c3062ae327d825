import { DataSource } from 'typeorm';
import { authEntities, authMigrations } from '../../../src/index.js';
import { InMemorySessionStore } from '../../../src/sessions/in-memory-session.store.js';
import { PostgresSessionStore } from '../../../src/sessions/postgres-session.store.js';
import type { Presentation, RotationOutcome, SessionLimits } from '../../../src/sessions/session-types.js';
import { describeSessionLimit } from '../../contract/session-limit.contract.js';
import { describeSessionStore, onlyOneRotates } from '../../contract/session-store.contract.js';
import { createMigratedDatabase, type TestDatabase } from '../../support/postgres.js';

describeSessionStore('InMemorySessionStore', async (limits) => {
  let now = Date.now();
  const advance = async (seconds: number) => void (now += seconds * 1_000);
  return { store: new InMemorySessionStore(limits, () => now), advance };
});

it('InMemorySessionStore releases finished turns, whatever their outcome, and keeps those that wait', async () => {
  const limits = {
    idleTtl: 60,
    absoluteTtl: 60,
    leeway: 0,
    rotation: true,
    maxPerUser: 0,
    whenFull: 'evict',
  };
  const store = new InMemorySessionStore(limits as SessionLimits);
  const { turns } = store as unknown as { turns: Map<string, unknown> };
  let finish = () => {};
  const long = store.exclusively('ada', () => new Promise<void>((resolve) => (finish = resolve)));
  const failing = store.exclusively('ada', () => Promise.reject(new Error('no')));
  const other = store.exclusively('bob', async () => 'done');
  expect(await other).toBe('done');
  await new Promise((resolve) => setImmediate(resolve));
  expect([...turns.keys()]).toEqual(['ada']);
  finish();
  await long;
  await expect(failing).rejects.toThrow('no');
  await new Promise((resolve) => setImmediate(resolve));
  expect(turns.size).toBe(0);
});

describe('in PostgreSQL', () => {
  let database: TestDatabase;
  let dataSource: DataSource;

  beforeAll(async () => {
    database = await createMigratedDatabase();
    dataSource = new DataSource({
      type: 'postgres',
      url: database.url,
      entities: [...authEntities],
      migrations: [...authMigrations],
      migrationsRun: true,
    });
    await dataSource.initialize();
  });
  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  const TIMES = [
    'created_at',
    'rotated_at',
    'last_used_at',
    'expires_at',
    'absolute_expires_at',
    'auth_time',
  ];

  const setUp = async (limits: SessionLimits) => ({
    store: new PostgresSessionStore(dataSource, limits),
    // The database's clock cannot be set, but all stored times can be moved into the past.
    advance: async (seconds: number) => {
      const older = TIMES.map((column) => `${column} = ${column} - make_interval(secs => ${seconds})`);
      await dataSource.query(`UPDATE refresh_tokens SET ${older.join(', ')}`);
    },
  });
  describeSessionStore('PostgresSessionStore', setUp);
  describeSessionLimit('PostgresSessionStore', setUp);
});

/** Reads, waits for a moment as a database would, and acts on what it read. */
class LookingFirst extends InMemorySessionStore {
  private readonly used = new Set<string>();

  override async rotate(presented: Presentation): Promise<RotationOutcome> {
    const fresh = !this.used.has(presented.jti);
    await new Promise((resolve) => setImmediate(resolve));
    this.used.add(presented.jti);
    const rotation = await super.rotate(presented);
    return fresh && 'session' in rotation ? { ...rotation, outcome: 'rotated' } : rotation;
  }
}

test('the contract catches a store that reads first and writes afterwards', async () => {
  const limits = {
    idleTtl: 1_000,
    absoluteTtl: 2_500,
    leeway: 10,
    rotation: true,
    maxPerUser: 0,
    whenFull: 'evict' as const,
  };
  await expect(onlyOneRotates(new LookingFirst(limits))).rejects.toThrow(/toHaveLength/);
});
