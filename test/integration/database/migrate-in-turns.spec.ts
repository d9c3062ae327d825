import { Client, Pool } from 'pg';
import type { DataSource } from 'typeorm';
import { authMigrations } from '../../../src/index.js';
import { poolingOf } from '../../../src/database/pooling.js';
import { PreparedStatement } from '../../../src/database/prepared-statement.js';
import { migrate } from '../../../src/settings/database.js';
import { createDatabase, createMigratedDatabase, type TestDatabase } from '../../support/postgres.js';

const LOCK = 7_246_351;

describe('migrations in turns', () => {
  let database: TestDatabase;
  let holder: Client;
  beforeEach(async () => {
    database = await createDatabase();
    holder = new Client({ connectionString: database.url, application_name: 'an older version' });
    await holder.connect();
  });
  afterEach(async () => {
    await holder.end();
    await database.drop();
  });

  it('wait for the lock of an older version, say who holds it, and give up in the end', async () => {
    await holder.query(`SELECT pg_advisory_lock(${LOCK})`);
    const lines: string[] = [];
    const migration = migrate(database.url, {
      waitMs: 600,
      reportMs: 200,
      report: (line) => void lines.push(line),
    });
    await expect(migration).rejects.toThrow(
      /^Another process has been migrating the database for longer than \d+ s: process \d+ of PostgreSQL \(an older version, from .*, idle, since 20.*\)\. Start again/,
    );
    expect(lines.length).toBeGreaterThanOrEqual(1);
    expect(lines[0]).toMatch(
      /^Waiting for another process that migrates the database, for 0 s now: process \d+/,
    );
    const [held] = (
      await holder.query(
        `SELECT count(*)::int AS n FROM pg_locks WHERE locktype = 'advisory' AND objid = ${LOCK}`,
      )
    ).rows;
    expect(held).toEqual({ n: 1 }); // only the holder's: nobody else waits in PostgreSQL
  });

  it('go on as soon as the lock is free, and leave none behind', async () => {
    await holder.query(`SELECT pg_advisory_lock(${LOCK})`);
    const migration = migrate(database.url);
    await holder.query(`SELECT pg_advisory_unlock(${LOCK})`);
    await migration;
    const { rows } = await holder.query('SELECT count(*)::int AS n FROM migrations');
    expect(rows[0].n).toBe([...authMigrations].length);
    const locks = await holder.query(
      `SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objid = ${LOCK}`,
    );
    expect(locks.rows).toEqual([]);
  });
});

describe('a prepared statement whose server was changed by a pooler', () => {
  let database: TestDatabase;
  let pool: Pool;
  beforeAll(async () => {
    database = await createMigratedDatabase();
    pool = new Pool({ connectionString: database.url, max: 1 });
  });
  afterAll(async () => {
    await pool.end();
    await database.drop();
  });
  const sourceOf = () => ({ driver: { master: pool } }) as unknown as DataSource;

  it.each([
    ['does not know it', 'DEALLOCATE ALL'],
    ['knows it from another client', (name: string) => `PREPARE ${name} AS SELECT 1`],
  ])('is run without a name when the server %s', async (_case, change) => {
    const source = sourceOf();
    const text = `SELECT $1::text AS said, '${_case}' AS why`;
    const statement = new PreparedStatement<{ said: string }>(source, text);
    const { name } = statement as unknown as { name: string };
    if (typeof change === 'function') await pool.query(change(name));
    else {
      await statement.run(['before']);
      await pool.query(change);
    }
    expect(await statement.run(['hello'])).toEqual([{ said: 'hello', why: _case }]);
    expect(poolingOf(source).preparedStatements).toBe(false);
  });
});
