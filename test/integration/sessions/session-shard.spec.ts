import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { DatabasePlaces } from '../../../src/auth/shards/database-places.js';
import type { ShardSettings } from '../../../src/auth/shards/open-shard.js';
import { SessionShard } from '../../../src/auth/shards/session-shard.js';
import { createDatabase, createMigratedDatabase, type TestDatabase } from '../../support/postgres.js';
import { until } from '../../support/until.js';

describe('a shard that somebody else is migrating', () => {
  let main: TestDatabase;
  let database: TestDatabase;
  let source: DataSource;
  let other: Client;
  const lines: string[] = [];
  const note = (line: string) => void lines.push(line);
  beforeEach(async () => {
    [main, database] = await Promise.all([createMigratedDatabase(), createDatabase()]);
    source = await new DataSource({ type: 'postgres', url: main.url }).initialize();
    other = new Client({ connectionString: database.url });
    await other.connect();
    await other.query('BEGIN; SELECT pg_advisory_xact_lock(7246351)');
  });
  afterEach(async () => {
    await other.end();
    await source.destroy();
    for (const each of [main, database]) await each.drop();
  });

  const shard = () =>
    new SessionShard(
      1,
      () => database.url,
      {
        poolSize: 2,
        migrate: true,
        limits: {} as ShardSettings['limits'],
        accessLifetime: 60,
        maxStaleness: 10,
        clock: () => Date.now(),
        places: { claim: async () => undefined } as unknown as DatabasePlaces,
        log: { log: note, warn: note },
      },
      300,
    );

  it('does not keep the app from starting, and is used when that is over', async () => {
    const one = shard();
    await one.start();
    expect(one.reached).toBeUndefined();
    expect(lines.join()).toMatch(/its sessions wait: it has not been opened within 0.3 s/);
    await other.query('ROLLBACK');
    await until(() => one.isUp);
    await one.stop();
    await one.close();
  });

  it('does not keep the app from stopping', async () => {
    const one = shard();
    await one.start();
    const began = performance.now();
    await one.stop();
    await one.close();
    expect(performance.now() - began).toBeLessThan(1_500);
    await other.query('ROLLBACK');
    // What is opened then is closed.
    await until(async () => {
      const sql = `SELECT FROM pg_stat_activity WHERE datname = $1 AND application_name LIKE 'latchkey%'`;
      return (await other.query(sql, [new URL(database.url).pathname.slice(1)])).rowCount === 0;
    });
    expect(one.reached).toBeUndefined();
  });
});
