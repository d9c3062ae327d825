import { randomUUID } from 'node:crypto';
import { mock } from 'node:test';
import { Client as Postgres } from 'pg';
import { PlatformTools } from 'typeorm/platform/PlatformTools.js';
import { authMigrations } from '../../src/index.js';
import { InMemoryUserStore } from '../../src/testing/index.js';
import { newEmail, PASSWORD } from '../support/client.js';
import {
  type OwnDatabaseHost,
  type OwnDatabaseSettings,
  startOwnDatabaseHost,
} from '../support/own-database-host.js';
import { createDatabase, type TestDatabase } from '../support/postgres.js';
import { until } from '../support/until.js';

let database: TestDatabase;
let admin: Postgres;
const running: OwnDatabaseHost[] = [];
beforeEach(async () => {
  database = await createDatabase();
  admin = new Postgres(database.url);
  await admin.connect();
});
afterEach(async () => {
  for (const { app } of running.splice(0)) await app.close();
  await admin.end();
  await database.drop();
});

async function start(given: object = {}, settings: OwnDatabaseSettings = {}): Promise<OwnDatabaseHost> {
  const host = await startOwnDatabaseHost({ url: database.url, ...given }, settings);
  running.push(host);
  return host;
}

/** The tables that are not PostgreSQL's, as `schema.table`. */
async function tables(): Promise<string[]> {
  const { rows } = await admin.query<{ path: string }>(
    `SELECT schemaname || '.' || tablename AS path FROM pg_tables
       WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY path`,
  );
  return rows.map(({ path }) => path);
}

const connections = async () => {
  const { rows } = await admin.query(
    `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`,
  );
  return rows.length;
};

const OTHERS = [
  'auth_accounts',
  'auth_actions',
  'auth_audit_dead_letters',
  'auth_audit_receivers',
  'auth_events',
  'auth_factors',
  'auth_instances',
  'auth_leases',
  'auth_mails',
  'auth_passkeys',
  'auth_trusted_devices',
  'login_attempts',
  'migrations',
  'refresh_tokens',
  'resource_clients',
  'revocations',
  'signing_keys',
];
const in_ = (schema: string, names = [...OTHERS, 'users']) => names.map((name) => `${schema}.${name}`);

async function useEverything({ client }: OwnDatabaseHost): Promise<string> {
  const account = { email: newEmail(), password: PASSWORD };
  expect((await client.post('/auth/register', account)).status).toBe(201);
  expect((await client.post('/auth/login', { ...account, password: 'wrong' })).status).toBe(401);
  const login = (await client.post('/auth/login', account)).body;
  const refreshed = (await client.post('/auth/refresh', { refreshToken: login.refreshToken })).body;
  const token = refreshed.accessToken;
  expect((await client.get('/auth/me', { token })).body.user.email).toBe(account.email);
  expect((await client.get('/auth/sessions', { token })).body).toHaveLength(2);
  expect((await client.get('/auth/events', { token })).body.length).toBeGreaterThan(0);
  const change = { currentPassword: PASSWORD, newPassword: `${PASSWORD}, a new one` };
  expect((await client.post('/auth/password', change, { token })).status).toBe(204);
  expect((await client.post('/auth/logout-all', undefined, { token })).status).toBe(204);
  return (await client.get('/auth/me', { token })).body.error;
}

describe('a host without TypeORM', () => {
  it.each(['forRoot', 'forRootAsync'] as const)('gets everything from a URL, with %s', async (style) => {
    expect(await useEverything(await start({}, { style }))).toBe('TOKEN_REVOKED');
    expect(await tables()).toEqual(in_('latchkey'));
  });

  it('with its own users gets no table of users, and its own table of that name is left alone', async () => {
    await admin.query('CREATE TABLE users (id serial PRIMARY KEY)');
    const host = await start({}, { parts: { userStore: InMemoryUserStore } });
    expect(await useEverything(host)).toBe('TOKEN_REVOKED');
    expect(await tables()).toEqual([...in_('latchkey', OTHERS), 'public.users']);
  });

  it.each([
    'public',
    'Auth',
    'my-auth',
    'a "quoted" name',
    'a.b.c',
    'ключ',
    'select',
    "it's",
    'x'.repeat(63),
  ])('may call the schema %s', async (schema) => {
    expect(await useEverything(await start({ schema }))).toBe('TOKEN_REVOKED');
    expect(await tables()).toEqual(in_(schema));
  });

  it('starts in a bundle, where TypeORM cannot look for a package', async () => {
    const load = mock.method(PlatformTools, 'load', (name: string) => {
      throw new Error(`Cannot find module '${name}'`);
    });
    try {
      expect(await useEverything(await start())).toBe('TOKEN_REVOKED');
    } finally {
      load.mock.restore();
    }
  });

  it('works with a pool of one connection, and one more for notifications', async () => {
    const hosts = [await start({ poolSize: 1 }), await start({ poolSize: 1 })];
    await Promise.all(hosts.flatMap((host) => [useEverything(host), useEverything(host)]));
    expect(await connections()).toBe(4);
  });

  it('starts several instances at the same time, and each migration runs once', async () => {
    const hosts = await Promise.all(Array.from({ length: 4 }, () => start()));
    const { rows } = await admin.query('SELECT name FROM latchkey.migrations ORDER BY "timestamp"');
    expect(rows.map(({ name }) => name).sort()).toEqual(authMigrations.map(({ name }) => name).sort());
    const jwt = { accessSecret: 'a'.repeat(20) + randomUUID(), refreshSecret: 'b'.repeat(20) + randomUUID() };
    expect(hosts).toHaveLength(4);
    const [one, two] = [await start({}, { options: { jwt } }), await start({}, { options: { jwt } })];
    const { body } = await one.client.post('/auth/register', { email: newEmail(), password: PASSWORD });
    expect((await two.client.get('/auth/me', { token: body.accessToken })).status).toBe(200);
    await one.client.post('/auth/logout-all', undefined, { token: body.accessToken });
    await until(async () => (await two.client.get('/auth/me', { token: body.accessToken })).status === 401);
  });

  it('starts again on the tables of the last time, and closes its connections with the app', async () => {
    const first = await start();
    const account = { email: newEmail(), password: PASSWORD };
    await first.client.post('/auth/register', account);
    expect(await connections()).toBeGreaterThan(1);
    await running.pop()!.app.close();
    // A server process goes on for a moment after its connection is closed.
    await until(async () => (await connections()) === 0);
    expect((await (await start()).client.post('/auth/login', account)).status).toBe(200);
  });
});
