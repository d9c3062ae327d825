import { Inject, type LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { getDataSourceToken, TypeOrmModule } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import {
  authEntities,
  authMigrations,
  AuthModule,
  type AuthModuleOptions,
  type AuthModuleParts,
  TypeOrmUserStore,
  User,
} from '../../../src/index.js';
import { InMemoryUserStore } from '../../../src/testing/index.js';
import { newEmail, PASSWORD } from '../../support/client.js';
import { startOrmHost } from '../../support/orm-host.js';
import { createDatabase, type TestDatabase } from '../../support/postgres.js';

let database: TestDatabase;
const running: { close(): Promise<void> }[] = [];
beforeEach(async () => {
  database = await createDatabase();
});
afterEach(async () => {
  for (const app of running.splice(0)) await app.close();
  await database.drop();
});

async function start(
  orm: object,
  options: Partial<AuthModuleOptions & AuthModuleParts> = {},
  logger: LoggerService | false = false,
) {
  const host = await startOrmHost({ url: database.url, ...orm }, options, logger);
  running.push(host.app);
  return host;
}

const failure = (orm: object, options?: Partial<AuthModuleOptions & AuthModuleParts>) =>
  start(orm, options).then(
    () => 'none',
    (error: Error) => error.message,
  );

const lists = { entities: [...authEntities], migrations: [...authMigrations] };
const account = () => ({ email: newEmail(), password: PASSWORD });

async function onDatabase<T>(work: (source: DataSource) => Promise<T>, options: object = lists): Promise<T> {
  const source = await new DataSource({ type: 'postgres', url: database.url, ...options }).initialize();
  return work(source).finally(() => source.destroy());
}

const keyRing = { algorithm: 'ES256' as const, keyRing: { encryptionSecret: 'kdj3'.repeat(10) } };

describe('a data source that AuthModule cannot work with', () => {
  it('without the entities: reads to add them', async () => {
    expect(await failure({ migrations: [...authMigrations], migrationsRun: true })).toMatch(
      /- dataSource does not know LatchkeyUser, .*: add \.\.\.authEntities to the entities .*autoLoadEntities: true$/,
    );
    expect(await failure({ entities: [] }, { userStore: InMemoryUserStore })).toMatch(
      /know LatchkeyRefreshToken, .*: add \.\.\.authEntities\(\{ users: false \}\)/,
    );
  });

  it.each([
    ['access secrets', {}],
    ['a key ring', { jwt: { ...keyRing, refreshSecret: 'refr'.repeat(10) } }],
  ])('with migrations that have not run: reads which, and how to run them, with %s', async (_, options) => {
    const message = await failure(lists, options as Partial<AuthModuleOptions>);
    expect(message).toMatch(/- dataSource lacks the table "users", the table "refresh_tokens", .*pending/);
    for (const { name } of authMigrations) expect(message).toContain(name);
    expect(message).toContain('run them with migrationsRun: true');
    expect(message).toContain('npx typeorm migration:run');
    expect(message).not.toContain('does not exist');
  });

  it('with the entities alone: reads to add the migrations', async () => {
    expect(await failure({ entities: [...authEntities] })).toMatch(
      /lacks the table .*: add \.\.\.authMigrations to its migrations and run them/,
    );
    expect(
      await failure({ entities: authEntities({ users: false }) }, { userStore: InMemoryUserStore }),
    ).toMatch(
      /lacks the table "refresh_tokens".*: add \.\.\.authMigrations\(\{ users: false \}\) to its migrations/,
    );
  });

  it('with one migration that has not run: reads that one', async () => {
    await onDatabase((source) => source.runMigrations(), {
      ...lists,
      migrations: authMigrations.slice(0, -1),
    });
    const last = authMigrations.at(-1)!.name;
    expect(await failure(lists)).toMatch(new RegExp(`: a migration is pending \\(${last}\\): run them`));
  });

  it('with a column that is missing: reads which', async () => {
    await onDatabase(async (source) => {
      await source.runMigrations();
      await source.query('ALTER TABLE auth_events DROP COLUMN request_id');
    });
    expect(await failure(lists)).toMatch(
      /lacks the columns request_id of the table "auth_events": its migrations have run/,
    );
  });

  it('with a schema that was added after the migrations: reads that the names have changed', async () => {
    await onDatabase(async (source) => {
      await source.runMigrations();
      await source.query('CREATE SCHEMA auth');
      await source.query('CREATE TABLE auth.migrations AS TABLE public.migrations');
    });
    expect(await failure({ ...lists, schema: 'auth' })).toMatch(
      /lacks the table "auth"\."users".*its migrations have run, so they wrote other names: schema/,
    );
  });

  it('that is not initialized: reads so', async () => {
    expect(await failure({ ...lists, manualInitialization: true })).toMatch(
      /- dataSource is not initialized: call its initialize\(\)/,
    );
  });
});

describe('a data source that AuthModule works with', () => {
  it('is migrated after the app has been created', async () => {
    const app = await NestFactory.create(
      {
        module: class Host {},
        imports: [
          TypeOrmModule.forRoot({ type: 'postgres', url: database.url, ...lists }),
          AuthModule.forRoot({ jwt: { accessSecret: 'acce'.repeat(10), refreshSecret: 'refr'.repeat(10) } }),
        ],
      },
      new FastifyAdapter(),
      { logger: false, abortOnError: false },
    );
    running.push(app);
    await app.get(DataSource).runMigrations();
    await expect(app.init()).resolves.toBeDefined();
  });

  it.each([
    ['synchronize', { synchronize: true }],
    ['migrations', { migrations: authMigrations, migrationsRun: true }],
    ['entities of its own in a list', { entities: [], synchronize: true }],
    ['our entities in its list too', { entities: authEntities, synchronize: true }],
  ])('knows the entities by autoLoadEntities alone, with %s', async (_, orm) => {
    const { client } = await start({ autoLoadEntities: true, ...orm });
    expect((await client.post('/auth/register', account())).status).toBe(201);
  });

  it('warns of triggers that synchronize does not create or somebody has disabled, and only then', async () => {
    const heard: string[] = [];
    const logger = { log: () => undefined, error: () => undefined, warn: (line: string) => heard.push(line) };
    const about = () => heard.splice(0).filter((line) => /lacks triggers/.test(line));
    await start({ autoLoadEntities: true, synchronize: true }, {}, logger);
    expect(about()).toEqual([expect.stringMatching(/^The table "refresh_tokens" lacks triggers/)]);
    await onDatabase((source) => source.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public'));
    await start({ ...lists, migrationsRun: true }, {}, logger);
    expect(about()).toEqual([]);
    await onDatabase((source) => source.query('ALTER TABLE refresh_tokens DISABLE TRIGGER ALL'));
    await start({ ...lists }, {}, logger);
    expect(about()).toHaveLength(1);
  });

  it('knows them by autoLoadEntities under a name', async () => {
    const orm = { name: 'auth', autoLoadEntities: true, synchronize: true };
    const { client } = await start(orm, { dataSource: 'auth' });
    expect((await client.post('/auth/register', account())).status).toBe(201);
  });

  it('has no users if the host keeps them elsewhere', async () => {
    const { app, client } = await start(
      { name: 'elsewhere', autoLoadEntities: true, synchronize: true },
      { dataSource: 'elsewhere', userStore: InMemoryUserStore },
    );
    expect((await client.post('/auth/register', account())).status).toBe(201);
    expect(app.get<DataSource>(getDataSourceToken('elsewhere')).hasMetadata(User)).toBe(false);
  });

  it('has users if the store of the host extends ours', async () => {
    class Extended extends TypeOrmUserStore {}
    Inject(getDataSourceToken())(Extended, undefined, 0);
    expect(await failure({ entities: authEntities({ users: false }) }, { userStore: Extended })).toMatch(
      /know LatchkeyUser:/,
    );
  });

  it('keeps its table of users and the whole lists where a host brings its own store', async () => {
    const { client } = await start({ ...lists, migrationsRun: true }, { userStore: InMemoryUserStore });
    expect((await client.post('/auth/register', account())).status).toBe(201);
  });

  it('with a table of users that is not ours starts, and logs what is missing', async () => {
    await onDatabase((source) => source.query('CREATE TABLE users (id serial PRIMARY KEY)'), {});
    const lines: string[] = [];
    const note = (message: string) => void lines.push(message);
    const logger = { log: () => undefined, warn: note, error: note };
    const { client } = await start({ ...lists, migrationsRun: true }, {}, logger);
    expect(lines.join()).toMatch(/The table "users" is not Latchkey's.*userStore.*users: false/);
    expect((await client.post('/auth/register', account())).status).toBe(500);
    const own = await start({ ...lists, migrationsRun: true }, { userStore: InMemoryUserStore });
    expect((await own.client.post('/auth/register', account())).status).toBe(201);
  });
});
