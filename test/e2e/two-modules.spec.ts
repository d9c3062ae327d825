import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import {
  Controller,
  type DynamicModule,
  Get,
  type INestApplication,
  Injectable,
  Module,
  UseGuards,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AuthGuard } from '@nestjs/passport';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { TypeOrmModule } from '@nestjs/typeorm';
import {
  AccountAdmin,
  authEntities,
  authMigrations,
  AuthModule,
  type AuthModuleOptions,
  type AuthModuleParts,
  AuthService,
  type AuthUser,
  CurrentUser,
  JwtAuthGuard,
  type NewUser,
  ResourceClients,
} from '../../src/index.js';
import { CheapPasswordHasher } from '../../src/testing/cheap-password-hasher.js';
import { inMemoryAuth } from '../../src/testing/index.js';
import { InMemoryUserStore } from '../../src/users/in-memory-user.store.js';
import { ExpressAdapter } from '../express/adapter.js';
import { Client, cookieHeader, newEmail, PASSWORD } from '../support/client.js';
import type { AdapterName } from '../support/host-app.js';
import { createDatabase, queryOnce, type TestDatabase } from '../support/postgres.js';

const secret = () => randomBytes(48).toString('base64url');

/** Counts its users, so that customers and staff have the same ids. */
@Injectable()
class NumberedUsers extends InMemoryUserStore {
  private count = 0;
  override async create(user: NewUser) {
    const created = await super.create(user);
    if (!created) return null;
    await this.remove(created.id);
    const numbered = { ...created, id: String(++this.count) };
    this.put(numbered);
    return numbered;
  }
}

type Kind = 'customers' | 'staff';
const KINDS: Kind[] = ['customers', 'staff'];

/** With the same secrets: only the audience tells the tokens apart. */
const jwt = { accessSecret: secret(), refreshSecret: secret() };

const settingsOf = (kind: Kind): AuthModuleOptions & AuthModuleParts => ({
  isGlobal: false,
  path: { auth: `${kind}/auth`, oauth: `${kind}/oauth`, wellKnown: `${kind}/.well-known` },
  dataSource: kind,
  userStore: NumberedUsers,
  passwordHasher: CheapPasswordHasher,
  jwt: { ...jwt, audience: kind },
  cookies: { name: kind, secure: false },
  rateLimits: false,
  forwardAuth: true,
});

const clientsOf: Partial<Record<Kind, ResourceClients>> = {};

function appOf(kind: Kind, auth: DynamicModule): DynamicModule {
  @Controller(kind)
  @UseGuards(JwtAuthGuard)
  class ThingsController {
    constructor(
      readonly auth: AuthService,
      clients: ResourceClients,
    ) {
      clientsOf[kind] = clients;
    }

    @Get('things')
    things(@CurrentUser() { id, claims }: AuthUser) {
      return { id, audience: claims.aud };
    }
  }

  @Controller(`${kind}/named`)
  @UseGuards(AuthGuard('latchkey-access'))
  class NamedController {
    @Get()
    get() {
      return {};
    }
  }

  class ThingsModule {}
  return { module: ThingsModule, imports: [auth], controllers: [ThingsController, NamedController] };
}

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
  for (const kind of KINDS) await queryOnce(database.url, `CREATE SCHEMA ${kind}`, []);
});
afterAll(() => database?.drop());

const ormOf = (kind: Kind) =>
  TypeOrmModule.forRoot({
    name: kind,
    type: 'postgres',
    url: database.url,
    schema: kind,
    entities: [...authEntities],
    migrations: [...authMigrations],
    migrationsRun: true,
    retryAttempts: 0,
    // An app that does not start is never closed.
    extra: { allowExitOnIdle: true, idleTimeoutMillis: 100 },
  });

describe.each<[AdapterName, 'forRoot' | 'forRootAsync']>([
  ['express', 'forRoot'],
  ['fastify', 'forRootAsync'],
])('customers and staff on %s with %s', (adapter, style) => {
  let app: INestApplication;
  let client: Client;
  let modules: Record<Kind, DynamicModule>;
  beforeAll(async () => {
    const authOf = (kind: Kind) => {
      const { isGlobal, path, dataSource, userStore, passwordHasher, ...options } = settingsOf(kind);
      if (style === 'forRoot') return AuthModule.forRoot(settingsOf(kind));
      const parts = { isGlobal, path, dataSource, userStore, passwordHasher };
      return AuthModule.forRootAsync({ ...parts, useFactory: async () => options });
    };
    modules = { customers: authOf('customers'), staff: authOf('staff') };
    @Module({ imports: [...KINDS.map(ormOf), ...KINDS.map((kind) => appOf(kind, modules[kind]))] })
    class HostModule {}
    app = await NestFactory.create(
      HostModule,
      adapter === 'express' ? new ExpressAdapter() : new FastifyAdapter(),
      {
        logger: false,
        abortOnError: false,
      },
    );
    await app.listen(0, '127.0.0.1');
    client = new Client(await app.getUrl());
  });
  afterAll(() => app?.close());

  const account = () => ({ email: newEmail(), password: PASSWORD });
  const register = async (kind: Kind, cookies = false) =>
    client.post(`/${kind}/auth/register`, account(), {
      headers: cookies ? { 'X-Auth-Transport': 'cookie' } : {},
    });

  describe.each([
    ['customers', 'staff'],
    ['staff', 'customers'],
  ] as const)('%s', (own, other) => {
    it('have accounts, tokens and guards of their own', async () => {
      const { body, status } = await register(own);
      expect(status).toBe(201);
      const token = body.accessToken as string;
      expect((await client.get(`/${own}/things`, { token })).body).toEqual({
        id: body.user.id,
        audience: own,
      });
      for (const path of ['things', 'auth/me', 'auth/sessions', 'auth/events', 'auth/forward']) {
        expect((await client.get(`/${own}/${path}`, { token })).status).toBeLessThan(300);
        expect(await client.get(`/${other}/${path}`, { token })).toMatchObject({
          status: 401,
          body: { error: 'INVALID_TOKEN' },
        });
      }
    });

    it('are found by a script that selects their module', async () => {
      const { body } = await register(own);
      const { email } = body.user as { email: string };
      const find = (kind: Kind) => app.select(modules[kind]).get(AccountAdmin, { strict: true }).find(email);
      expect(await find(own)).toMatchObject({ email });
      expect(await find(other)).toBeNull();
    });

    it('cannot use the refresh tokens of the others, nor end their sessions', async () => {
      const { body } = await register(own);
      const { refreshToken } = body;
      expect((await client.post(`/${other}/auth/refresh`, { refreshToken })).body.error).toBe(
        'INVALID_REFRESH_TOKEN',
      );
      await client.post(`/${other}/auth/logout`, { refreshToken });
      expect((await client.post(`/${own}/auth/refresh`, { refreshToken })).status).toBe(200);
    });

    it('have cookies of their own', async () => {
      const [mine, theirs] = [await register(own, true), await register(other, true)];
      expect(Object.keys(mine.cookies)).toEqual([`${own}-access`, `${own}-refresh`, `${own}-device`]);
      const cookie = `${cookieHeader(mine)}; ${cookieHeader(theirs)}`;
      expect((await client.get(`/${own}/things`, { cookie })).body.id).toBe(mine.body.user.id);
      expect((await client.get(`/${other}/things`, { cookie: cookieHeader(mine) })).body.error).toBe(
        'TOKEN_MISSING',
      );
      const { cookies } = await client.post(`/${own}/auth/logout`, {}, { cookie });
      expect(Object.keys(cookies)).toEqual([`${own}-access`, `${own}-refresh`]);
      expect((await client.get(`/${other}/things`, { cookie })).status).toBe(200);
    });

    it('are not affected by the revocations of the others, even with the same ids', async () => {
      const mine = await client.post(`/${own}/auth/register`, account());
      const theirs = await client.post(`/${other}/auth/register`, account());
      const token = mine.body.accessToken as string;
      // The ids are counted, so the other store has or will have a user with this id.
      expect(mine.body.user.id).toMatch(/^\d+$/);
      await client.post(`/${other}/auth/logout-all`, undefined, { token: theirs.body.accessToken });
      expect((await client.get(`/${other}/things`, { token: theirs.body.accessToken })).body.error).toBe(
        'TOKEN_REVOKED',
      );
      expect((await client.get(`/${own}/things`, { token })).status).toBe(200);
    });

    it('have resource servers and metadata of their own', async () => {
      const resources = clientsOf[own]!;
      const created = (await resources.create(`orders-${adapter}`))!;
      const { body } = await register(own);
      const introspect = (kind: Kind) =>
        client.call(`/${kind}/oauth/introspect`, {
          method: 'POST',
          raw: new URLSearchParams({ token: body.accessToken as string }).toString(),
          headers: {
            'content-type': 'application/x-www-form-urlencoded',
            authorization: `Basic ${Buffer.from(`${created.id}:${created.secret}`).toString('base64')}`,
          },
        });
      expect((await introspect(own)).body).toMatchObject({ active: true, aud: own });
      expect((await introspect(other)).status).toBe(401);
      const { body: metadata } = await client.get(`/${own}/.well-known/oauth-authorization-server`);
      expect(metadata.introspection_endpoint).toBe(`${client.url}/${own}/oauth/introspect`);
    });

    it('must not be guarded by the name of a strategy, which is the same for both', async () => {
      const { body } = await register(own);
      expect((await client.get(`/${own}/named`, { token: body.accessToken })).status).toBe(500);
    });
  });
});

describe('forRoot more than once', () => {
  const auth = (own: Partial<AuthModuleOptions & AuthModuleParts> = {}) =>
    AuthModule.forRoot(inMemoryAuth({ isGlobal: false, ...own }));
  const separate = (kind: Kind, own: Partial<AuthModuleOptions & AuthModuleParts> = {}) => {
    const { path, cookies } = settingsOf(kind);
    const keys = { accessSecret: secret(), refreshSecret: secret(), audience: kind };
    return auth({ path, cookies, jwt: keys, ...own });
  };

  async function failureOf(...modules: DynamicModule[]): Promise<string> {
    class HostModule {}
    try {
      const app = await NestFactory.create({ module: HostModule, imports: modules }, new FastifyAdapter(), {
        logger: false,
        abortOnError: false,
      });
      await app.init();
      await app.close();
      return 'none';
    } catch (error) {
      return (error as Error).message;
    }
  }

  const within = (...imports: DynamicModule[]): DynamicModule => {
    class InnerModule {}
    return { module: InnerModule, imports };
  };

  it('is refused if one of them is global, which it is by default', async () => {
    const twice = /forRoot is called more than once in this app: call it once/;
    const same = inMemoryAuth();
    expect(await failureOf(AuthModule.forRoot(same), within(AuthModule.forRoot(same)))).toMatch(twice);
    expect(await failureOf(auth({ isGlobal: true }), within(separate('staff')))).toMatch(twice);
    const async = () => AuthModule.forRootAsync({ useFactory: async () => ({ jwt }) });
    expect(await failureOf(async(), within(async()))).toMatch(twice);
  });

  it('is accepted for modules that share nothing, and for one module that is imported twice', async () => {
    expect(await failureOf(within(separate('customers')), within(separate('staff')))).toBe('none');
    const one = auth();
    expect(await failureOf(within(one), within(one), one)).toBe('none');
  });

  it('is accepted in one process, in an app each', async () => {
    expect(await failureOf(auth({ isGlobal: true }))).toBe('none');
    expect(await failureOf(auth({ isGlobal: true }))).toBe('none');
  });

  it.each<[string, Partial<AuthModuleOptions & AuthModuleParts>, RegExp]>([
    [
      'addresses',
      { path: settingsOf('customers').path },
      /path leads two AuthModules to the same address, \/customers\//,
    ],
    [
      'issuer and audience',
      { jwt: { ...jwt, audience: 'customers' } },
      /jwt\.audience is the same in two AuthModules/,
    ],
    [
      'cookies',
      { cookies: { name: 'customers', secure: false } },
      /cookies\.name is the same in two AuthModules/,
    ],
  ])('is refused if they share: %s', async (_, own, message) => {
    expect(await failureOf(within(separate('customers')), within(separate('staff', own)))).toMatch(message);
  });

  it('is refused if they share metadata', async () => {
    const roots = [
      separate('customers', { path: 'customers/auth' }),
      separate('staff', { path: 'staff/auth' }),
    ];
    expect(await failureOf(...roots.map((each) => within(each)))).toMatch(
      /same address, \/(oauth|\.well-known)\//,
    );
  });

  it('is refused where a controller could use either', async () => {
    const [customers, staff] = [separate('customers'), separate('staff')];
    const both = { ...appOf('customers', customers), imports: [customers, staff] };
    expect(await failureOf(both)).toMatch(
      /imports of ThingsModule contain two AuthModules, so that \w+ cannot tell which one it uses/,
    );
    const exported = { ...within(staff), exports: [AuthModule] };
    expect(await failureOf({ ...both, imports: [customers, exported] })).toMatch(/cannot tell which one/);
  });

  it('is refused if they share tables', async () => {
    const own = (kind: Kind) => ({ ...settingsOf(kind), dataSource: 'customers' });
    expect(
      await failureOf(ormOf('customers'), ...KINDS.map((kind) => within(AuthModule.forRoot(own(kind))))),
    ).toMatch(/dataSource leads two AuthModules to the same tables/);
  });

  it.each([
    ['the same schema', { spelling: false }],
    ['another spelling of the address', { spelling: true }],
  ])('is refused if one reaches the tables of the other with database: %s', async (_, { spelling }) => {
    const url = new URL(database.url);
    if (spelling) url.searchParams.set('application_name', 'staff');
    const { dataSource: _unused, ...staff } = settingsOf('staff');
    const own = AuthModule.forRoot({ ...staff, database: { url: url.href, schema: 'customers' } });
    const customers = AuthModule.forRoot(settingsOf('customers'));
    const same = /dataSource leads two AuthModules to the same tables/;
    expect(await failureOf(ormOf('customers'), within(customers), within(own))).toMatch(same);
    expect(await failureOf(ormOf('customers'), within(own), within(customers))).toMatch(same);
  });

  it('is accepted if one has a data source and the other a database with another schema', async () => {
    const { dataSource: _unused, ...staff } = settingsOf('staff');
    const own = AuthModule.forRoot({ ...staff, database: { url: database.url, schema: 'apart' } });
    const customers = AuthModule.forRoot(settingsOf('customers'));
    expect(await failureOf(ormOf('customers'), within(customers), within(own))).toBe('none');
  });

  it('is refused if their paths differ only in upper and lower case, which Express does not distinguish', async () => {
    const { auth: path, oauth, wellKnown } = settingsOf('customers').path as Record<string, string>;
    const shouted = { auth: `CUSTOMERS${path!.slice(9)}`, oauth: oauth!, wellKnown: wellKnown! };
    expect(
      await failureOf(within(separate('customers')), within(separate('staff', { path: shouted }))),
    ).toMatch(/path leads two AuthModules to the same address/);
    const all = Object.fromEntries(
      Object.entries(shouted).map(([k, v]) => [k, v.replace('customers', 'Customers')]),
    );
    expect(await failureOf(within(separate('customers')), within(separate('staff', { path: all })))).toMatch(
      /path leads two AuthModules to the same address, \/C/,
    );
  });
});
