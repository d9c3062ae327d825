import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { ModulesContainer } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Client as Postgres } from 'pg';
import { authEntities, authMigrations, type AuthOptionsError } from '../../src/index.js';
import { migrate } from '../../src/settings/database.js';
import { InMemoryUserStore } from '../../src/testing/index.js';
import { runCli } from '../support/cli.js';
import { openGate } from '../support/database-gate.js';
import {
  type OwnDatabaseHost,
  type OwnDatabaseSettings,
  startOwnDatabaseHost,
} from '../support/own-database-host.js';
import { createDatabase, type TestDatabase } from '../support/postgres.js';

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

async function start(given: unknown, settings: OwnDatabaseSettings = {}): Promise<OwnDatabaseHost> {
  const host = await startOwnDatabaseHost(given, settings);
  running.push(host);
  return host;
}

const failure = (given: unknown, settings?: OwnDatabaseSettings) =>
  start(given, settings).then(
    () => 'none',
    (error: Error) => error.message,
  );

const CANARY = 'password-canary';
/** In the message of `AuthOptionsError`, after a line that says that there are problems. */
const ONE_PROBLEM = 2;

/** The URL of the test's database, changed, with a password that must not be shown. */
function url(change: (url: URL) => void = () => undefined): string {
  const changed = new URL(database.url);
  changed.password = CANARY;
  change(changed);
  return changed.href;
}

/** A role with a password, without any right except to connect. */
async function withRole<T>(work: (name: string, url: string) => Promise<T>): Promise<T> {
  const name = `role_${randomBytes(6).toString('hex')}`;
  await admin.query(`CREATE ROLE ${name} LOGIN PASSWORD '${CANARY}'`);
  try {
    return await work(
      name,
      url((changed) => (changed.username = name)),
    );
  } finally {
    for (const { app } of running.splice(0)) await app.close();
    await admin.query(`DROP OWNED BY ${name} CASCADE`);
    await admin.query(`DROP ROLE ${name}`);
  }
}

describe('a database of the module that cannot be used', () => {
  it.each<[string, () => Promise<unknown> | unknown, RegExp]>([
    ['no object', () => database.url, /- database must be an object with the options url, schema/],
    ['no URL', () => ({ url: undefined }), /- database\.url is missing: postgres:\/\/user:password@/],
    [
      'another system',
      () => ({ url: `mysql://u:${CANARY}@h/d` }),
      /- database\.url must begin with postgres:/,
    ],
    [
      'a URL with a raw #',
      () => ({ url: `postgres://u:${CANARY}#1@h/d` }),
      /- database\.url is not a valid URL/,
    ],
    [
      'a wrong password',
      () => ({ url: url() }),
      /- database\.url is refused by the server \(password auth.*: check/,
    ],
    [
      'no such database',
      () => ({ url: Object.assign(new URL(database.url), { pathname: '/nowhere' }).href }),
      /- database\.url names a database that is not there \(database "nowhere" does not exist\): create it/,
    ],
    [
      'a closed port',
      () => ({ url: url((changed) => (changed.port = '1')) }),
      /- database\.url leads to no server \(.*ECONNREFUSED.*: check the host and the port/,
    ],
    [
      'a host that does not exist',
      () => ({ url: url((changed) => (changed.hostname = 'db.invalid')) }),
      /- database\.url leads to no server \(getaddrinfo/,
    ],
    [
      'TLS that the server does not have',
      () => ({ url: `${url()}?sslmode=verify-full` }),
      /- database\.url fails at TLS \(The server does not support SSL/,
    ],
    [
      'a schema that is too long',
      () => ({ url: url(), schema: 'é'.repeat(32) }),
      /schema must have at most 63 bytes/,
    ],
    ['NUL in the schema', () => ({ url: url(), schema: 'a\0b' }), /- database\.schema must not contain NUL/],
    ['an empty schema', () => ({ url: url(), schema: '' }), /- database\.schema must not be empty/],
    ['a reserved schema', () => ({ url: url(), schema: 'pg_auth' }), /schema must not begin with pg_/],
    [
      'a number as schema',
      () => ({ url: url(), schema: 5 }),
      /- database\.schema must be the name of a schema/,
    ],
    [
      'no pool',
      () => ({ url: url(), poolSize: 0 }),
      /- database\.poolSize must be a whole number from 1 to 1000/,
    ],
    ['a misspelled option', () => ({ url: url(), shema: 'x' }), /- database\.shema is unknown: did you mean/],
  ])('%s: reads what to do, without the password', async (_, given, expected) => {
    for (const style of ['forRoot', 'forRootAsync'] as const) {
      const error = await start(await given(), { style }).then(
        () => new Error('none'),
        (thrown: AuthOptionsError) => thrown,
      );
      expect(error.message).toMatch(expected);
      expect(error.message.split('\n')).toHaveLength(ONE_PROBLEM);
      expect(inspect(error, { depth: Infinity, showHidden: true })).not.toContain(CANARY);
    }
  });

  it('a server that does not answer: reads so after a while instead of waiting for ever', async () => {
    const gate = await openGate(database.url);
    gate.swallow();
    try {
      expect(await failure({ url: gate.url })).toMatch(/- database\.url leads to no server \(.*timeout/);
    } finally {
      await gate.close();
    }
  });

  it('a schema with a table of users that is not ours: reads to choose another', async () => {
    await admin.query('CREATE TABLE public.users (id serial PRIMARY KEY, pw text)');
    expect(await failure({ url: database.url, schema: 'public' })).toMatch(
      /- database\.schema has a table "public"\."users" of somebody else: choose another schema/,
    );
  });

  it('without the right to create the schema: reads who has to do it, and starts once it is there', async () => {
    await withRole(async (name, roleUrl) => {
      expect(await failure({ url: roleUrl })).toMatch(
        /- database\.schema cannot be used by this user \(permission denied for database .*\): as the owner of the database, run CREATE SCHEMA "latchkey" AUTHORIZATION/,
      );
      await admin.query(`CREATE SCHEMA latchkey`);
      expect(await failure({ url: roleUrl })).toMatch(
        /schema cannot be used by this user \(permission denied/,
      );
      await admin.query(`ALTER SCHEMA latchkey OWNER TO ${name}`);
      expect(await failure({ url: roleUrl })).toBe('none');
    });
  });

  it('a role that may not create anything starts on tables that are up to date', async () => {
    await migrate(database.url, { schema: 'latchkey' });
    await withRole(async (name, roleUrl) => {
      await admin.query(`GRANT USAGE ON SCHEMA latchkey TO ${name}`);
      await admin.query(`GRANT ALL ON ALL TABLES IN SCHEMA latchkey TO ${name}`);
      expect(await failure({ url: roleUrl })).toBe('none');
    });
  });

  it('a table of the host with a name of ours: reads to use another schema, and nothing is left half done', async () => {
    await admin.query('CREATE TABLE signing_keys (id serial PRIMARY KEY)');
    expect(await failure({ url: database.url, schema: 'public' })).toMatch(
      /- database\.schema is in use: The table "public"\."signing_keys" exists already .*another schema: database: /,
    );
    const { rows } = await admin.query(`SELECT tablename FROM pg_tables WHERE schemaname = 'public'`);
    expect(rows).toEqual([{ tablename: 'signing_keys' }]);
  });

  it('with the name of a TypeORM data source: reads to pass one of them', async () => {
    for (const style of ['forRoot', 'forRootAsync'] as const)
      expect(await failure({ url: database.url }, { style, parts: { dataSource: 'auth' } })).toMatch(
        /- dataSource is the name of a TypeORM data source, .*: pass one of them$/,
      );
  });

  it('beside a TypeORM data source with our entities: reads to remove them', async () => {
    const ours = { entities: [...authEntities], migrations: [...authMigrations] };
    const orm = TypeOrmModule.forRoot({ type: 'postgres', url: database.url, retryAttempts: 0, ...ours });
    expect(await failure({ url: database.url }, { imports: [orm] })).toMatch(
      /- database is for apps .* this one has authEntities: remove them and authMigrations from TypeOrmModule\.forRoot, or omit database$/,
    );
  });

  it.each(['forRoot', 'forRootAsync'] as const)(
    'a TypeORM data source of the host, with autoLoadEntities, gets none of our tables (%s)',
    async (style) => {
      const orm = TypeOrmModule.forRoot({
        type: 'postgres',
        url: database.url,
        retryAttempts: 0,
        autoLoadEntities: true,
      });
      const settings = { style, imports: [orm], parts: { userStore: InMemoryUserStore } };
      expect(await failure({ url: database.url }, settings)).toBe('none');
      const { rows } = await admin.query(`SELECT FROM pg_tables WHERE schemaname = 'public'`);
      expect(rows).toEqual([]);
    },
  );
});

describe('migrate: false', () => {
  it('leaves the schema to latchkey migrate, and says what is missing', async () => {
    const given = { url: database.url, schema: 'Auth tables', migrate: false };
    const message = await failure(given);
    expect(message).toMatch(
      /- database lacks the table "Auth tables"\."users", .*: migrations are pending \(.*\): run "npx latchkey migrate" with DATABASE_URL and DATABASE_SCHEMA, or omit migrate: false$/,
    );
    const env = { NODE_ENV: 'production', DATABASE_URL: database.url, DATABASE_SCHEMA: 'Auth tables' };
    expect(await runCli(['migrate'], env)).toMatchObject({ code: 0 });
    expect(await failure(given)).toBe('none');
  });

  it('latchkey migrate --no-users makes no table of users, and needs no secrets', async () => {
    const env = { DATABASE_URL: database.url, DATABASE_SCHEMA: 'latchkey' };
    expect(await runCli(['migrate', '--no-users'], env)).toMatchObject({ code: 0 });
    const given = { url: database.url, migrate: false };
    expect(await failure(given)).toMatch(
      /- database lacks the table "latchkey"\."users": a migration is pending/,
    );
    expect(await failure(given, { parts: { userStore: InMemoryUserStore } })).toBe('none');
  });

  it('latchkey migrate names what is wrong with its variables', async () => {
    const { code, stderr } = await runCli(['migrate'], { DATABASE_SCHEMA: 'pg_x' });
    expect(code).toBe(2);
    expect(stderr).toMatch(/DATABASE_SCHEMA must not begin with pg_[^]*DATABASE_URL is missing/);
  });
});

describe('the schema with the name of the database user', () => {
  it.each([
    ['"$user", public', 1],
    ['public', 0],
  ])('with the search path %s: warnings %d', async (path, warnings) => {
    await withRole(async (name, roleUrl) => {
      await admin.query(
        `CREATE SCHEMA ${name} AUTHORIZATION ${name}; ALTER ROLE ${name} SET search_path = ${path}`,
      );
      const lines: string[] = [];
      const ignore = () => undefined;
      const warn = (line: unknown) => void lines.push(String(line));
      const logger = { log: ignore, error: ignore, debug: ignore, verbose: ignore, fatal: ignore, warn };
      await start({ url: roleUrl, schema: name }, { logger });
      const found = lines.filter((line) =>
        line.startsWith('database.schema has the name of the database user'),
      );
      expect(found).toHaveLength(warnings);
    });
  });
});

describe('the password in the URL', () => {
  it('is in no log line and in nothing that can be printed of the app', async () => {
    await withRole(async (name, roleUrl) => {
      await admin.query(`CREATE SCHEMA latchkey AUTHORIZATION ${name}`);
      const lines: string[] = [];
      const add = (...parts: unknown[]) => void lines.push(parts.map((part) => inspect(part)).join(' '));
      const logger = { log: add, warn: add, error: add, debug: add, verbose: add, fatal: add };
      const options = { pooler: { mode: 'session', directUrl: roleUrl } } as const;
      const settings = { style: 'forRootAsync', logger, options } as const;
      const { app } = await start({ url: roleUrl }, settings);
      await admin.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1', [name]);
      const instances = [...app.get(ModulesContainer).values()].flatMap((module) =>
        [...module.providers.values()].map(({ instance }) => instance as unknown),
      );
      const printed = instances
        .filter((instance) => !isOptionsOfHost(instance))
        .map((instance) => inspect(instance, { depth: 5 }));
      expect(printed.filter((text) => text.includes(CANARY))).toEqual([]);
      expect(lines.length).toBeGreaterThan(5);
      expect(lines.join('')).not.toContain(CANARY);
    });
  });
});

/** What the host itself has passed contains what the host has written there. */
function isOptionsOfHost(instance: unknown): boolean {
  return typeof instance === 'object' && instance !== null && 'jwt' in instance && 'database' in instance;
}
