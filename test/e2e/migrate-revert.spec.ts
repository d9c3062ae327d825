import { Client } from 'pg';
import { authMigrations } from '../../src/index.js';
import { revert } from '../../src/settings/database.js';
import { runCli } from '../support/cli.js';
import { createDatabase, type TestDatabase } from '../support/postgres.js';

const NAMES = authMigrations().map((each) => new each().name!);
const LAST = NAMES.at(-1)!;

let database: TestDatabase;
let client: Client;
beforeEach(async () => {
  database = await createDatabase();
  client = new Client(database.url);
  await client.connect();
});
afterEach(async () => {
  await client.end();
  await database.drop();
});

const inJson = async (args: string[], settings: Record<string, string> = {}) => {
  const { code, stdout } = await runCli([...args, '--json'], { DATABASE_URL: database.url, ...settings });
  return { code, data: JSON.parse(stdout) };
};
const executed = async (schema = 'public') => {
  const { rows } = await client.query(`SELECT name FROM "${schema}".migrations ORDER BY id`);
  return rows.map(({ name }) => name);
};
/** Everything that a migration creates: columns with their tables, indexes, functions and triggers. */
const contents = async () => {
  const { rows } = await client.query(`
    SELECT attrelid::regclass::text AS a, attname::text AS b FROM pg_attribute
      WHERE attrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace) AND attnum > 0
        AND NOT attisdropped
    UNION ALL SELECT proname, '' FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    UNION ALL SELECT tgname, tgrelid::regclass::text FROM pg_trigger
    ORDER BY 1, 2`);
  return rows.filter(({ a }) => !a.startsWith('migrations'));
};

describe('latchkey migrate --revert', () => {
  it('runs in the order of the timestamps, as TypeORM does', () => {
    const times = NAMES.map((name) => name.slice(-13));
    expect(times).toEqual(times.toSorted());
  });

  it('undoes one migration after the other, down to an empty database, and migrate does them all again', async () => {
    await inJson(['migrate']);
    const complete = await contents();
    for (const name of NAMES.toReversed())
      expect(await inJson(['migrate', '--revert', '--yes'])).toEqual({ code: 0, data: { reverted: name } });
    expect(await contents()).toEqual([]);
    expect(await inJson(['migrate', '--revert', '--yes'])).toEqual({ code: 0, data: { reverted: null } });
    await inJson(['migrate']);
    expect(await contents()).toEqual(complete);
  });

  it('names what it would undo, and undoes nothing without a yes', async () => {
    await inJson(['migrate']);
    const { code, stderr } = await runCli(['migrate', '--revert'], { DATABASE_URL: database.url });
    expect([code, stderr]).toEqual([
      2,
      `This undoes the migration ${LAST}: what it created is deleted, with all data in it. To confirm, add --yes.\n`,
    ]);
    expect(await executed()).toEqual(NAMES);
  });

  it('refuses a migration of a newer version, or of an app, and undoes nothing before it', async () => {
    await inJson(['migrate']);
    await client.query(
      `INSERT INTO migrations ("timestamp", name) VALUES (1999999999999, 'Later1999999999999')`,
    );
    expect(await inJson(['migrate', '--revert', '--yes'])).toEqual({
      code: 1,
      data: { error: expect.stringMatching(/Later1999999999999, which this version does not contain/) },
    });
    expect(await executed()).toEqual([...NAMES, 'Later1999999999999']);
  });

  it('undoes in the schema that DATABASE_SCHEMA names, and in no other', async () => {
    const settings = { DATABASE_SCHEMA: 'Auth tables' };
    await inJson(['migrate']);
    await inJson(['migrate', '--no-users'], settings);
    const withoutUsers = await executed('Auth tables');
    expect(await inJson(['migrate', '--revert', '--yes'], settings)).toMatchObject({ code: 0 });
    expect(await executed('Auth tables')).toEqual(withoutUsers.slice(0, -1));
    expect(await executed()).toEqual(NAMES);
  });

  it('undoes only the migration that was agreed to, also if somebody else was faster', async () => {
    await inJson(['migrate']);
    const agreed = revert(database.url, {}, async () => {
      await inJson(['migrate', '--revert', '--yes']);
      return true;
    });
    await expect(agreed).rejects.toThrow(
      `The migration ${LAST} is not the last one any more: ${NAMES.at(-2)} is.`,
    );
    expect(await executed()).toEqual(NAMES.slice(0, -1));
  });

  it('leaves everything as it was when a migration cannot be undone', async () => {
    await inJson(['migrate']);
    const before = await contents();
    await client.query('CREATE VIEW waiting AS SELECT factors_reset_at FROM auth_accounts');
    expect((await inJson(['migrate', '--revert', '--yes'])).code).toBe(1);
    await client.query('DROP VIEW waiting');
    expect([await executed(), await contents()]).toEqual([NAMES, before]);
  });

  it('needs no secrets, and says so if the database does not answer', async () => {
    const away = new URL(database.url);
    away.port = '1';
    expect((await inJson(['migrate', '--revert', '--yes'], { DATABASE_URL: away.href })).code).toBe(3);
  });
});
