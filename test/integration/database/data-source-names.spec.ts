import {
  Column,
  DataSource,
  DefaultNamingStrategy,
  Entity,
  ManyToOne,
  PrimaryGeneratedColumn,
} from 'typeorm';
import { authEntities, authMigrations, RefreshToken, User } from '../../../src/index.js';
import type { CallableList } from '../../../src/auth/callable-list.js';
import type { UsedTables } from '../../../src/auth/schema.js';
import { newEmail, PASSWORD, type Client } from '../../support/client.js';
import { startOrmHost } from '../../support/orm-host.js';
import { createDatabase, type TestDatabase } from '../../support/postgres.js';

const snake = (text: string) => text.replaceAll(/(?<=[a-z\d])[A-Z]/g, (letter) => `_${letter}`).toLowerCase();

/** As the naming strategies that hosts commonly install. */
class SnakeNaming extends DefaultNamingStrategy {
  override tableName(className: string, given?: string) {
    return given || snake(className);
  }
  override columnName(property: string, given: string | undefined, prefixes: string[]) {
    return snake(prefixes.join('_')) + (given || snake(property));
  }
}

/** Names tables and unnamed columns in its own way, also those with a given name. */
class LoudNaming extends DefaultNamingStrategy {
  override tableName(className: string, given?: string) {
    return `T_${(given ?? className).toUpperCase()}`;
  }
  override columnName(property: string, given: string | undefined) {
    return given ?? property.toUpperCase();
  }
}

/** Renames even columns whose name is given. */
class HungarianNaming extends DefaultNamingStrategy {
  override columnName(property: string, given: string | undefined) {
    return `c_${given ?? property}`;
  }
}

const HOSTS: Record<string, object> = {
  'no options': {},
  'an entityPrefix': { entityPrefix: 'app_' },
  'a schema': { schema: 'auth' },
  'a schema that has to be quoted': { schema: 'Auth data' },
  'a schema and an entityPrefix': { schema: 'auth', entityPrefix: 'app_' },
  'a naming strategy in snake case': { namingStrategy: new SnakeNaming() },
  'a naming strategy that renames tables': { namingStrategy: new LoudNaming() },
  'a renaming strategy with schema and prefix': {
    schema: 'auth',
    entityPrefix: 'x',
    namingStrategy: new LoudNaming(),
  },
};

let database: TestDatabase;
const opened: { destroy(): Promise<void> }[] = [];
const running: { close(): Promise<void> }[] = [];
beforeEach(async () => {
  database = await createDatabase();
  await sql('CREATE SCHEMA auth');
  await sql('CREATE SCHEMA "Auth data"');
});
afterEach(async () => {
  for (const app of running.splice(0)) await app.close();
  for (const source of opened.splice(0)) await source.destroy();
  await database.drop();
});

async function sql<Row>(text: string): Promise<Row[]> {
  const source = await open({ entities: [] });
  return source.query(text);
}

async function open(options: object): Promise<DataSource> {
  const source = new DataSource({ type: 'postgres', url: database.url, ...options });
  await source.initialize();
  opened.push(source);
  return source;
}

const lists = { entities: [...authEntities], migrations: [...authMigrations] };

async function proposals(source: DataSource): Promise<string[]> {
  const { upQueries } = await source.driver.createSchemaBuilder().log();
  return upQueries.map(({ query }) => query);
}

async function start(orm: object, options = {}) {
  const host = await startOrmHost({ url: database.url, ...lists, migrationsRun: true, ...orm }, options);
  running.push(host.app);
  return host;
}

/** Uses every table that a user's requests touch; returns the answer after the logout. */
async function useEverything(client: Client): Promise<string> {
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

describe.each(Object.entries(HOSTS))('a data source with %s', (_, orm) => {
  it('gets tables that match its entities, and loses all of them again', async () => {
    const source = await open({ ...lists, ...orm });
    await source.runMigrations();
    expect(await proposals(source)).toEqual([]);
    for (const entity of authEntities) expect(await source.getRepository(entity).count()).toBe(0);
    for (const _migration of authMigrations) await source.undoLastMigration();
    const tables = await source.query(
      `SELECT tablename FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`,
    );
    expect(tables.map(({ tablename }: { tablename: string }) => tablename)).toEqual(['migrations']);
  });

  it('is migrated by a data source without entities', async () => {
    const migrator = await open({ ...lists, ...orm, entities: [] });
    await migrator.runMigrations();
    expect(await proposals(await open({ ...lists, ...orm }))).toEqual([]);
  });

  it('serves everything that users do', async () => {
    const { client } = await start(orm);
    expect(await useEverything(client)).toBe('TOKEN_REVOKED');
  });
});

it('a naming strategy that renames given column names does not reach the queries', async () => {
  const { client } = await start({ namingStrategy: new HungarianNaming() });
  expect(await useEverything(client)).toBe('TOKEN_REVOKED');
});

it('two installations in one schema do not share the names of tables, constraints and indexes', async () => {
  await start({});
  const { client } = await start({ entityPrefix: 'staff_', migrationsTableName: 'staff_migrations' });
  expect(await useEverything(client)).toBe('TOKEN_REVOKED');
});

it('a schema per tenant on the search path gets tables of its own', async () => {
  await start({});
  const { client } = await start({
    migrationsTableName: 'tenant_migrations',
    extra: { options: '-c search_path=auth,public' },
  });
  expect(await useEverything(client)).toBe('TOKEN_REVOKED');
  expect(await sql('SELECT FROM auth.users')).toHaveLength(1);
  expect(await sql('SELECT FROM public.users')).toHaveLength(0);
});

describe('the lists of entities and migrations', () => {
  it.each<[string, CallableList<unknown, UsedTables>]>([
    ['entities', authEntities],
    ['migrations', authMigrations],
  ])('%s are a list, and a function of what is used', (_, list) => {
    const all: unknown[] = [...list];
    expect(list).toHaveLength(all.length);
    expect(list()).toEqual(all);
    expect(list({ users: true })).toEqual(all);
    expect(list({ users: false })).toEqual(all.slice(1));
    expect(list.map((each) => each)).toEqual(all);
    expect(([] as unknown[]).concat(list)).toEqual(all);
    expect(list.slice(1)).toEqual(all.slice(1));
  });

  it('work without being spread', async () => {
    const source = await open({ entities: authEntities, migrations: authMigrations, migrationsRun: true });
    expect(await proposals(source)).toEqual([]);
    expect(source.hasMetadata(User)).toBe(true);
  });
});

describe('a host with its own users', () => {
  @Entity('users')
  class HostUser {
    @PrimaryGeneratedColumn()
    id: number;
    @Column({ type: 'text' })
    login: string;
  }
  Object.defineProperty(HostUser, 'name', { value: 'User' });

  @Entity('orders')
  class Order {
    @PrimaryGeneratedColumn()
    id: number;
    @ManyToOne('User')
    owner: HostUser;
    @ManyToOne('RefreshToken')
    token: object;
  }

  @Entity('device_tokens')
  class HostRefreshToken {
    @PrimaryGeneratedColumn()
    id: number;
  }
  Object.defineProperty(HostRefreshToken, 'name', { value: 'RefreshToken' });

  const related = (source: DataSource) =>
    source.getMetadata(Order).relations.map(({ inverseEntityMetadata }) => inverseEntityMetadata.target);

  it('gets no table of users', async () => {
    const used = { users: false };
    const source = await open({ entities: authEntities(used), migrations: authMigrations(used) });
    await source.runMigrations();
    expect(source.hasMetadata(User)).toBe(false);
    expect(await proposals(source)).toEqual([]);
    expect(await sql(`SELECT FROM pg_tables WHERE tablename = 'users'`)).toEqual([]);
  });

  it('keeps its table and its rows, with the whole lists too, when the migrations run and are reverted', async () => {
    await sql('CREATE TABLE users (id serial PRIMARY KEY, login text NOT NULL)');
    await sql(`INSERT INTO users (login) VALUES ('ada')`);
    const source = await open(lists);
    await source.runMigrations();
    for (const _migration of authMigrations) await source.undoLastMigration();
    expect(await sql('SELECT * FROM users')).toEqual([{ id: 1, login: 'ada' }]);
  });

  it('may have its own pkey of the same name beside ours with a prefix', async () => {
    await sql('CREATE TABLE users (id serial PRIMARY KEY)');
    await sql('CREATE TABLE mine (id serial CONSTRAINT refresh_tokens_user_id_idx PRIMARY KEY)');
    const { client } = await start({ entityPrefix: 'app_' });
    expect(await useEverything(client)).toBe('TOKEN_REVOKED');
  });

  it('names its own User and RefreshToken in relations, beside ours', async () => {
    const own = [HostUser, Order, HostRefreshToken];
    const source = await open({ entities: [...own, ...authEntities({ users: false })], synchronize: true });
    expect(related(source)).toEqual([HostUser, HostRefreshToken]);
    const others = await open({ schema: 'auth', entities: [...authEntities, ...own] });
    expect(related(others)).toEqual([HostUser, HostRefreshToken]);
    expect(others.getMetadata('User').target).toBe(HostUser);
    expect(others.getMetadata(RefreshToken).tableName).toBe('refresh_tokens');
  });

  it('with another table of our name reads how to keep both', async () => {
    await sql('CREATE TABLE refresh_tokens (id serial PRIMARY KEY, token text)');
    const failure = (await open(lists)).runMigrations();
    await expect(failure).rejects.toThrow(
      /^The table "refresh_tokens" exists already .*schema: 'auth'.*dataSource: 'auth'\.$/,
    );
    const { client } = await start(
      { name: 'auth', schema: 'auth', extra: { application_name: 'second' } },
      { dataSource: 'auth' },
    );
    expect(await useEverything(client)).toBe('TOKEN_REVOKED');
  });
});
