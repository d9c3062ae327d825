import { createServer } from 'node:net';
import { Client as Postgres } from 'pg';
import type { AuthModuleOptions } from '../../src/index.js';
import { newEmail, PASSWORD } from '../support/client.js';
import { runCli } from '../support/cli.js';
import { openGate } from '../support/database-gate.js';
import { type OwnDatabaseHost, startOwnDatabaseHost } from '../support/own-database-host.js';
import { describeWithPgBouncer, startPgBouncer, type TestPgBouncer } from '../support/pgbouncer.js';
import { createDatabase, type TestDatabase } from '../support/postgres.js';
import { freePort } from '../support/redis.js';
import { until } from '../support/until.js';

const JWT = {
  accessSecret: 'Xk3v9qLw72mZpTzR4sNc8yJd5bGh1fEa',
  refreshSecret: 'Qm8w2rTy6uIo1pAs4dFg7hJk9lZx3cVb',
};
const REVOKED = 'TOKEN_REVOKED';
type Pooler = AuthModuleOptions['pooler'];

let database: TestDatabase;
const running: OwnDatabaseHost[] = [];
beforeEach(async () => (database = await createDatabase()));
afterEach(async () => {
  for (const { app } of running.splice(0)) await app.close();
  await database.drop();
});

async function start(given: object, pooler?: Pooler): Promise<OwnDatabaseHost> {
  const host = await startOwnDatabaseHost(given, { options: { jwt: JWT, pooler } });
  running.push(host);
  return host;
}

const failure = (given: object, pooler?: Pooler) =>
  start(given, pooler).then(
    () => 'none',
    (error: Error) => error.message,
  );

/** Registers at one host, refreshes at both, logs out at the other, and returns the access token. */
async function live(one: OwnDatabaseHost, other: OwnDatabaseHost): Promise<string> {
  const account = { email: newEmail(), password: PASSWORD };
  let { body } = await one.client.post('/auth/register', account);
  for (const { client } of [other, one, other]) {
    const answer = await client.post('/auth/refresh', { refreshToken: body.refreshToken });
    expect(answer.status).toBe(200);
    body = answer.body;
  }
  expect((await one.client.get('/auth/me', { token: body.accessToken })).status).toBe(200);
  await other.client.post('/auth/logout-all', undefined, { token: body.accessToken });
  return body.accessToken;
}

/** Waits until a host refuses the token, and returns why. */
async function refusal({ client }: OwnDatabaseHost, token: string): Promise<string> {
  await until(async () => (await client.get('/auth/me', { token })).status === 401);
  return (await client.get('/auth/me', { token })).body.error;
}

describeWithPgBouncer('the own database of the module behind PgBouncer', () => {
  let pgbouncer: TestPgBouncer | undefined;
  afterEach(async () => {
    for (const { app } of running.splice(0)) await app.close();
    await pgbouncer?.close();
  });
  const begin = async (settings: Record<string, string>) => {
    pgbouncer = await startPgBouncer(database.url, settings);
    return pgbouncer.url;
  };
  const TRANSACTION = {
    pool_mode: 'transaction',
    server_reset_query_always: '1',
    default_pool_size: '2',
  };

  it.each([
    ['alone', false],
    ['with a direct URL', true],
  ])('in transaction mode (%s): instances that start together migrate, and serve', async (_, direct) => {
    const url = await begin(TRANSACTION);
    const pooler = { mode: 'transaction', ...(direct && { directUrl: database.url }) } as const;
    const hosts = await Promise.all([1, 2, 3].map(() => start({ url, schema: 'my auth' }, pooler)));
    const tokens = await Promise.all(
      Array.from({ length: 8 }, (_each, n) => live(hosts[n % 3]!, hosts[(n + 1) % 3]!)),
    );
    for (const token of tokens) for (const host of hosts) expect(await refusal(host, token)).toBe(REVOKED);
  });

  it('in session mode: serves', async () => {
    const url = await begin({ pool_mode: 'session' });
    const host = await start({ url }, 'session');
    expect(await refusal(host, await live(host, host))).toBe(REVOKED);
  });

  const SECRET = 'password-canary';
  it.each<[string, Pooler, Record<string, string>, RegExp]>([
    ['transaction', undefined, {}, /leads to a connection pooler in transaction mode: set pooler: \{ mode: /],
    ['transaction', 'session', {}, /leads to a connection pooler in transaction mode: set pooler: \{ mode: /],
    [
      'session',
      undefined,
      {},
      /a connection pooler that refuses the parameter statement_timeout: set pooler/,
    ],
    ['statement', 'transaction', {}, /in statement mode, which allows no transactions: set its pool_mode to/],
  ])('%s mode with the option %j: reads what to set', async (mode, pooler, more, sentence) => {
    const url = new URL(await begin({ pool_mode: mode, ...more }));
    url.password = SECRET;
    for (const migrate of [true, false]) {
      const message = await failure({ url: url.href, migrate }, pooler);
      expect(message).toMatch(new RegExp(`- database\\.url .*${sentence.source}`));
      expect(message).not.toMatch(/DATABASE_|password-canary/);
    }
  });

  it('latchkey migrate needs the mode, and no other variable', async () => {
    const url = await begin(TRANSACTION);
    const env = { DATABASE_URL: url, DATABASE_SCHEMA: 'latchkey' };
    const refused = await runCli(['migrate', '--no-users'], env);
    expect(refused).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('set DATABASE_POOLER=transaction'),
    });
    const wrong = await runCli(['migrate'], { ...env, DATABASE_POOLER: 'statement' });
    expect(wrong).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('must be one of session, transaction'),
    });
    expect(await runCli(['migrate'], { ...env, DATABASE_POOLER: 'transaction' })).toMatchObject({ code: 0 });
    expect(await failure({ url, migrate: false }, 'transaction')).toBe('none');
  });

  it('a parameter of the URL that a pooler refuses is named', async () => {
    const url = `${database.url}?statement_timeout=500`;
    expect(await failure({ url }, 'transaction')).toMatch(
      /- database\.url must not set statement_timeout, which a pooler refuses: run ALTER ROLE/,
    );
    expect(await failure({ url })).toBe('none');
  });
});

/** The URL with another list of hosts. */
function urlOf(...ports: number[]): string {
  const { username, password, pathname } = new URL(database.url);
  return `postgres://${username}:${password}@${ports.map((port) => `127.0.0.1:${port}`).join(',')}${pathname}`;
}

const portOf = (url: string) => Number(new URL(url).port);

describe('the own database of the module on several servers', () => {
  it('uses the next server when the first one is not there, or does not answer', async () => {
    const silent = createServer(() => undefined);
    const port = await freePort();
    await new Promise<void>((resolve) => silent.listen(port, '127.0.0.1', resolve));
    try {
      for (const first of [await freePort(), port]) {
        const host = await start({ url: urlOf(first, portOf(database.url)) });
        expect(await refusal(host, await live(host, host))).toBe(REVOKED);
      }
    } finally {
      silent.close();
    }
  });

  it('goes to another server when its own is lost, with notifications', async () => {
    const [one, two] = [await openGate(database.url), await openGate(database.url)];
    const url = urlOf(portOf(one.url), portOf(two.url));
    const [host, other] = [await start({ url }), await start({ url: database.url })];
    try {
      await one.close();
      const account = { email: newEmail(), password: PASSWORD };
      await until(async () => (await host.client.post('/auth/register', account)).status === 201);
      expect(await refusal(host, await live(host, other))).toBe(REVOKED);
    } finally {
      for (const { app } of running.splice(0)) await app.close();
      await two.close();
    }
  });

  it('that are all read-only or gone: reads which server says what, without the password', async () => {
    const admin = new Postgres(database.url);
    await admin.connect();
    await admin.query(
      `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = on', current_database()); END $$`,
    );
    await admin.end();
    const closed = await freePort();
    const message = await failure({ url: urlOf(portOf(database.url), closed) });
    expect(message).toMatch(
      /- database\.url leads to no server that accepts writes \(.*127\.0\.0\.1:\d+ is read-only, 127\.0\.0\.1:\d+ cannot be reached \(ECONNREFUSED\)\): name the one that does/,
    );
    expect(message).not.toContain(new URL(database.url).password);
    expect(await failure({ url: database.url })).toMatch(
      /leads to no server that accepts writes \(cannot execute/,
    );
  });
});
