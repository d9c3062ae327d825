import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { authEntities, authMigrations } from '../../../src/index.js';
import { PostgresSessionStore } from '../../../src/sessions/postgres-session.store.js';
import { createMigratedDatabase, type TestDatabase } from '../../support/postgres.js';
import { SESSION_LIMITS } from '../../support/session-limits.js';
import { until } from '../../support/until.js';

const SESSIONS = 20;
const ROTATIONS = 25;

describe('a rotation in PostgreSQL', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createMigratedDatabase();
  });

  afterAll(() => database.drop());

  it('touches no index: every update is HOT', async () => {
    await rotateAll(database.url);
    const client = new Client({ connectionString: database.url });
    await client.connect();
    try {
      const counts = async () => {
        const { rows } = await client.query<{ updated: number; hot: number; moved: number }>(
          `SELECT n_tup_upd::int AS updated, n_tup_hot_upd::int AS hot, n_tup_newpage_upd::int AS moved
           FROM pg_stat_user_tables WHERE relname = 'refresh_tokens'`,
        );
        return rows[0]!;
      };
      await until(async () => (await counts()).updated === SESSIONS * ROTATIONS);
      const { updated, hot, moved } = await counts();
      // A row moves if the server happens to hold its page (for a checkpoint or an analyze) when it wants to prune it.
      expect(hot + moved).toBe(updated);
      expect(moved).toBeLessThanOrEqual(2);
    } finally {
      await client.end();
    }
  });
});

/** Ends its connections, because that is when PostgreSQL reports what they did, at the latest. */
async function rotateAll(url: string): Promise<void> {
  const dataSource = await new DataSource({
    type: 'postgres',
    url,
    entities: authEntities,
    migrations: authMigrations,
    migrationsRun: true,
  }).initialize();
  const store = new PostgresSessionStore(dataSource, SESSION_LIMITS);
  // One after another: old versions that a running transaction still sees cannot be pruned on the way.
  for (let i = 0; i < SESSIONS; i++) await rotateOne(store);
  await dataSource.destroy();
}

async function rotateOne(store: PostgresSessionStore): Promise<void> {
  const sid = randomUUID();
  let jti: string = randomUUID();
  await store.create({ id: sid, userId: 'ada', jti });
  for (let i = 0; i < ROTATIONS; i++) {
    const nextJti = randomUUID();
    expect((await store.rotate({ sid, jti, nextJti })).outcome).toBe('rotated');
    jti = nextJti;
  }
}
