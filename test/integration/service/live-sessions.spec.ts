import { DataSource } from 'typeorm';
import { authEntities, authMigrations } from '../../../src/index.js';
import { LiveSessions } from '../../../src/service/metrics/live-sessions.js';
import { createMigratedDatabase, type TestDatabase } from '../../support/postgres.js';
import { until } from '../../support/until.js';

describe('the number of live sessions', () => {
  let database: TestDatabase;
  let sql: DataSource;
  beforeEach(async () => {
    database = await createMigratedDatabase();
    sql = await new DataSource({
      type: 'postgres',
      url: database.url,
      entities: authEntities,
      migrations: authMigrations,
      migrationsRun: true,
    }).initialize();
  });
  afterEach(async () => {
    if (sql?.isInitialized) await sql.destroy();
    await database?.drop();
  });

  /** Of every five, one has been ended and one has expired. */
  const addSessions = (count: number) =>
    sql.query(
      `INSERT INTO refresh_tokens (id, user_id, current_jti, created_at, rotated_at, last_used_at, expires_at,
         absolute_expires_at, revoked_at)
       SELECT gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), now(), now(), now(),
         now() + CASE i % 5 WHEN 0 THEN interval '-1 second' ELSE interval '1 hour' END, now() + interval '1 day',
         CASE i % 5 WHEN 1 THEN now() END
       FROM generate_series(1, $1::int) AS i`,
      [count],
    );
  /** The table blocks that closed connections looked for, in memory or on disk. */
  const blocksRead = async () => {
    const reader = await new DataSource({ type: 'postgres', url: database.url }).initialize();
    const [row] = await reader.query<{ blocks: number }[]>(
      `SELECT (heap_blks_read + heap_blks_hit)::int AS blocks FROM pg_statio_user_tables WHERE relname = 'refresh_tokens'`,
    );
    await reader.destroy();
    return row!.blocks;
  };

  it('is exact while the table is small, and 0 in an empty one', async () => {
    expect(await new LiveSessions(sql).count()).toBe(0);
    await addSessions(5_000);
    expect(await new LiveSessions(sql).count()).toBe(3_000);
  });

  it('is an estimate from a fixed number of pages if there are more, however many', async () => {
    const ROWS = 40_000;
    await addSessions(ROWS);
    await sql.query('VACUUM refresh_tokens');
    const [{ pages }] = await sql.query(`SELECT pg_relation_size('refresh_tokens') / 8192 AS pages`);
    expect(Number(pages)).toBeGreaterThan(800);
    const asking = await new DataSource({
      type: 'postgres',
      url: database.url,
      entities: authEntities,
    }).initialize();
    await sql.destroy(); // so that everything it did is counted
    const before = await blocksRead();
    const estimate = await new LiveSessions(asking, () => [], 200).count();
    await asking.destroy();
    // PostgreSQL reports it a moment after the connection has ended.
    await until(async () => (await blocksRead()) > before);
    expect((await blocksRead()) - before).toBeLessThan(300);
    expect(Math.abs(estimate / (ROWS * 0.6) - 1)).toBeLessThan(0.25);
  });

  it('is the last known one while the database does not answer', async () => {
    const sessions = new LiveSessions(sql);
    await sql.destroy();
    expect(await sessions.count()).toBeNaN();
  });
});
