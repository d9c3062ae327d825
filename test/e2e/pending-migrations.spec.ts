import { Client as Postgres } from 'pg';
import { explainFailedStart } from '../../src/service/report-failed-start.js';
import { migrate } from '../../src/settings/database.js';
import { InMemoryUserStore } from '../../src/testing/index.js';
import { runCli } from '../support/cli.js';
import { startOwnDatabaseHost } from '../support/own-database-host.js';
import { createDatabase, type TestDatabase } from '../support/postgres.js';
import { startServiceHere } from '../support/service-here.js';
import { productionSettings } from '../support/service-process.js';

const LAST = 'OrderRevocations1764000000020';

let database: TestDatabase;
let admin: Postgres;
let settings: Record<string, string>;
beforeEach(async () => {
  database = await createDatabase();
  admin = new Postgres(database.url);
  await admin.connect();
  settings = productionSettings(database.url);
});
afterEach(async () => {
  await admin.end();
  await database.drop();
});

const tables = async (): Promise<string[]> =>
  (
    await admin.query<{ name: string }>(
      `SELECT tablename AS name FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1`,
    )
  ).rows.map(({ name }) => name);
const forget = (name: string) => admin.query('DELETE FROM migrations WHERE name = $1', [name]);
const failure = (given: Record<string, string>) =>
  startServiceHere(given).then(
    (service) => service.end().then(() => 'it started'),
    (error: unknown) => explainFailedStart(error),
  );

const COMMANDS = [
  'user list',
  'user show a@example.com',
  'user create a@example.com',
  'user roles a@example.com',
  'user disable a@example.com',
  'user enable a@example.com',
  'user sessions a@example.com',
  'user end-sessions a@example.com',
  'user delete a@example.com --yes',
  'user import users.ndjson',
  'sessions purge',
  'sessions end --all --yes',
  'sessions end --user a@example.com',
  'clients list',
  'clients create orders',
  'clients remove orders',
  'keys list',
  'keys rotate',
  'keys retire x',
  'keys remove x',
];

describe('while migrations are pending', () => {
  it('no command runs them: each one names them, and says what to run', async () => {
    for (const command of COMMANDS.filter((each) => !each.includes('import'))) {
      const { code, stderr } = await runCli(command.split(' '), settings);
      expect([command, code, stderr]).toEqual([
        command,
        1,
        expect.stringMatching(
          /^The schema is not up to date: migrations are pending \(CreateUsers1764.*Run "npx latchkey migrate"/,
        ),
      ]);
    }
    expect(await tables()).toEqual([]);
  });

  it('a single one is named alone', async () => {
    await migrate(database.url);
    await forget(LAST);
    const { code, stderr } = await runCli(['sessions', 'purge'], settings);
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining(`a migration is pending (${LAST}). Run "npx latchkey migrate"`),
    ]);
  });

  it('the service with MIGRATE=off does not start and changes nothing', async () => {
    expect(await failure({ ...settings, MIGRATE: 'off' })).toMatch(
      /^The service cannot start with MIGRATE=off: migrations are pending \(CreateUsers1764.*Run "npx latchkey migrate"/,
    );
    expect(await tables()).toEqual([]);
    await migrate(database.url);
    await forget(LAST);
    expect(await failure({ ...settings, MIGRATE: 'off' })).toContain(`a migration is pending (${LAST})`);
  });

  it('the service starts with MIGRATE=off as soon as none is pending', async () => {
    expect((await runCli(['migrate'], settings)).code).toBe(0);
    expect(await failure({ ...settings, MIGRATE: 'off' })).toBe('it started');
  });

  it('an app with database: { migrate: false } does not start', async () => {
    await migrate(database.url, { schema: 'auth' });
    await admin.query('DELETE FROM auth.migrations WHERE name = $1', [LAST]);
    const start = startOwnDatabaseHost({ url: database.url, schema: 'auth', migrate: false });
    await expect(start).rejects.toThrow(
      new RegExp(
        `- database is not up to date: a migration is pending \\(${LAST}\\): run "npx latchkey migrate"`,
      ),
    );
  });
});

describe('in the database of an app that keeps its users itself', () => {
  it('commands make no table of users, work without one, and say so where they cannot', async () => {
    const host = await startOwnDatabaseHost(
      { url: database.url, schema: 'auth' },
      { parts: { userStore: InMemoryUserStore } },
    );
    await host.app.close();
    const before = await tables();
    expect(before).not.toContain('users');
    const given = { DATABASE_URL: database.url, DATABASE_SCHEMA: 'auth' };
    for (const command of [
      'sessions purge',
      'sessions end --all --yes',
      'clients create orders',
      'clients list',
    ])
      expect([command, await runCli(command.split(' '), given)]).toMatchObject([command, { code: 0 }]);
    const nobody = await runCli(['sessions', 'end', '--user', 'somebody'], given);
    expect([nobody.code, nobody.stderr]).toEqual([1, expect.stringContaining('There is no user somebody')]);
    for (const command of ['user list', 'user create a@example.com']) {
      const { code, stderr } = await runCli(command.split(' '), given);
      expect([code, stderr]).toEqual([1, expect.stringContaining('the app keeps them itself')]);
    }
    expect(await tables()).toEqual(before);
  });
});
