import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { type DynamicModule, type INestApplication, Module, type Provider, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { TypeOrmModule } from '@nestjs/typeorm';
import {
  AuthController,
  AuthModule,
  authEntities,
  authMigrations,
  BcryptPasswordHasher,
  RevocationList,
} from 'latchkey';
import { WebSocket, WsAdapter } from '../../examples/extending/websocket-packages.js';
import { type Answer, Client, cookieHeader, newEmail, PASSWORD } from '../support/client.js';
import { createDatabase } from '../support/postgres.js';
import { fromSources, startServiceProcess } from '../support/service-process.js';

const secret = () => randomBytes(48).toString('base64url');
const jwt = { accessSecret: secret(), refreshSecret: secret() };
// The examples read their secrets when they are loaded.
process.env.JWT_ACCESS_SECRET = jwt.accessSecret;
process.env.JWT_REFRESH_SECRET = jwt.refreshSecret;

interface Parts {
  authModule?: DynamicModule;
  imports?: Type<unknown>[];
  controllers?: Type<unknown>[];
  providers?: Provider[];
}

const running: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of running.splice(0)) await close();
});

async function start({ authModule, imports = [], controllers = [], providers = [] }: Parts) {
  const database = await createDatabase();
  @Module({
    imports: [
      TypeOrmModule.forRoot({
        type: 'postgres',
        url: database.url,
        entities: [...authEntities],
        migrations: [...authMigrations],
        migrationsRun: true,
        retryAttempts: 0,
      }),
      authModule ?? AuthModule.forRoot({ jwt }),
      ...imports,
    ],
    controllers,
    providers,
  })
  class HostModule {}
  const app = await NestFactory.create<INestApplication>(HostModule, new FastifyAdapter(), {
    logger: false,
    abortOnError: false,
  });
  app.useWebSocketAdapter(new WsAdapter(app));
  await app.listen(0, '127.0.0.1');
  running.push(async () => {
    await app.close();
    await database.drop();
  });
  return { app, client: new Client(await app.getUrl()) };
}

async function registered(client: Client) {
  const account = { email: newEmail(), password: PASSWORD };
  const answer = await client.post('/auth/register', account);
  expect(answer.status).toBe(201);
  return { account, ...answer.body };
}

describe('the examples of extending the module', () => {
  it('own-user-store: users are stored elsewhere, with their own roles', async () => {
    const { client } = await start(await import('../../examples/extending/own-user-store.js'));
    const { account, user, refreshToken } = await registered(client);
    expect(user.roles).toEqual(['customer']);
    expect((await client.post('/auth/login', account)).status).toBe(200);
    expect((await client.post('/auth/register', account)).body.error).toBe('EMAIL_TAKEN');
    expect((await client.post('/auth/refresh', { refreshToken })).status).toBe(200);
  });

  it('claims-hook: adds claims of the host, at login and after a refresh', async () => {
    const { client } = await start(await import('../../examples/extending/claims-hook.js'));
    const { user, accessToken, refreshToken } = await registered(client);
    const refreshed = (await client.post('/auth/refresh', { refreshToken })).body;
    for (const token of [accessToken, refreshed.accessToken])
      expect(claimsOf(token).tenant).toBe(`tenant of ${user.id}`);
  });

  it('argon2-hasher: new hashes use argon2; old ones still work and are replaced at login', async () => {
    const { Argon2Hasher, authModule } = await import('../../examples/extending/argon2-hasher.js');
    const { client } = await start({ authModule });
    const { account } = await registered(client);
    expect((await client.post('/auth/login', account)).status).toBe(200);
    const wrong = await client.post('/auth/login', { ...account, password: `${PASSWORD}!` });
    expect(wrong.body.error).toBe('INVALID_CREDENTIALS');
    const hasher = new Argon2Hasher();
    const before = await new BcryptPasswordHasher({ cost: 10 }).hash(PASSWORD);
    expect([await hasher.verify(PASSWORD, before), hasher.needsRehash(before)]).toEqual([true, true]);
    expect(hasher.needsRehash(await hasher.hash(PASSWORD))).toBe(false);
  });

  it('own-revocation-list: decides what the guards let through', async () => {
    const { client, app } = await start(await import('../../examples/extending/own-revocation-list.js'));
    const { accessToken, refreshToken } = await registered(client);
    expect((await client.get('/auth/me', { token: accessToken })).status).toBe(200);
    await client.post('/auth/logout', { refreshToken });
    expect((await client.get('/auth/me', { token: accessToken })).body.error).toBe('TOKEN_REVOKED');
    expect(app.get<{ log: string[] }>(RevocationList).log).toContain('session revoked');
  });

  it('own-controller: other paths replace ours', async () => {
    const { AccountController } = await import('../../examples/extending/own-controller.js');
    const { client } = await start({
      authModule: AuthModule.forRoot({ jwt, controllers: [AccountController] }),
    });
    expect((await client.post('/auth/login', {})).status).toBe(404);
    const answer = await client.post('/account/sign-in', { email: newEmail(), password: PASSWORD });
    expect([answer.status, answer.body.error]).toEqual([401, 'INVALID_CREDENTIALS']);
    expect((await client.post('/account/renew', {})).body.error).toBe('INVALID_REFRESH_TOKEN');
  });

  it('own-login-controller: behaves as our own endpoints do', async () => {
    const { LoginController } = await import('../../examples/extending/own-login-controller.js');
    const { client } = await start({
      authModule: AuthModule.forRoot({
        jwt,
        cookies: { secure: false },
        passwords: { bcryptCost: 10 },
        rateLimits: { login: { limit: 12, per: '1m' } },
        controllers: [AuthController, LoginController],
      }),
    });
    const { account } = await registered(client);
    const shapeOf = ({ status, body, headers, cookies }: Answer) => ({
      status,
      error: body.error,
      members: Object.keys(body),
      cacheControl: headers.get('cache-control'),
      challenge: headers.get('www-authenticate'),
      clearSiteData: headers.get('clear-site-data'),
      cookies: Object.entries(cookies).map(([name, { attributes }]) => [
        name,
        attributes.filter((each) => !each.startsWith('expires=')),
      ]),
    });
    const byCookie = { headers: { 'X-Auth-Transport': 'cookie' } };
    const foreign = { headers: { ...byCookie.headers, Origin: 'https://evil.example' } };
    const shapesAt = async (path: string) => {
      const post = (route: string, body: unknown, call = {}) => client.post(`/${path}/${route}`, body, call);
      const inBody = await post('login', account);
      const inCookies = await post('login', account, byCookie);
      const cookie = cookieHeader(inCookies);
      const answers = [
        inBody,
        inCookies,
        await post('login', { ...account, password: 'wrong' }),
        await post('login', { email: 7 }),
        await post('login', account, { headers: { 'content-type': 'text/plain' } }),
        await post('login', account, foreign),
        await post('refresh', { refreshToken: inBody.body.refreshToken }),
        await post('refresh', {}, { cookie, ...foreign }),
        await post('refresh', {}, { cookie }),
        await post('refresh', {}),
        await post('refresh', {}, { cookie: 'refresh=nonsense' }),
        await post('logout', { refreshToken: 7 }),
        await post('logout', {}, { cookie }),
        await post('logout', {}, { cookie: 'access=nonsense', ...foreign }),
      ];
      return answers.map(shapeOf);
    };
    const ours = await shapesAt('auth');
    expect(ours.map(({ status }) => status)).toEqual([
      200, 200, 401, 400, 415, 403, 200, 403, 200, 401, 401, 400, 204, 403,
    ]);
    expect(await shapesAt('account')).toEqual(ours);
    const limited = [];
    for (let i = 0; i < 6; i++) limited.push(await client.post('/account/login', account));
    expect(limited.at(-1)).toMatchObject({ status: 429, body: { error: 'RATE_LIMITED' } });
  });

  it('own-login-method: a Passport strategy of the host starts a session', async () => {
    const example = await import('../../examples/extending/own-login-method.js');
    const { client } = await start({
      controllers: [example.BadgeController],
      providers: [example.BadgeStrategy],
    });
    const { account, user } = await registered(client);
    example.badges.set('b-1', account.email);
    const login = (badge: string) => client.post('/badge/login', {}, { headers: { 'x-badge': badge } });
    const { accessToken } = (await login('b-1')).body;
    expect((await client.get('/auth/me', { token: accessToken })).body.user.id).toBe(user.id);
    expect((await login('unknown')).body.error).toBe('INVALID_CREDENTIALS');
  });

  it('global-guard: every route is protected except the public ones', async () => {
    const { ShopModule } = await import('../../examples/extending/global-guard.js');
    const { client } = await start({ imports: [ShopModule] });
    const { accessToken } = await registered(client);
    expect((await client.get('/prices')).status).toBe(200);
    expect((await client.get('/stock')).body.error).toBe('TOKEN_MISSING');
    expect((await client.get('/stock', { token: accessToken })).status).toBe(200);
    expect((await client.get('/.well-known/jwks.json')).status).toBe(200);
  });

  it('graphql-guard: protects a resolver', async () => {
    const database = await createDatabase();
    const settings = {
      DATABASE_URL: database.url,
      JWT_ACCESS_SECRET: jwt.accessSecret,
      JWT_REFRESH_SECRET: jwt.refreshSecret,
    };
    const host = await startServiceProcess(settings, fromSources('test/examples/graphql-host.ts'));
    running.push(async () => {
      await host.end();
      await database.drop();
    });
    const { client } = host;
    const { accessToken, refreshToken, user } = await registered(client);
    const query = { query: '{ viewer { id } }' };
    const answer = await client.post('/graphql', query, { token: accessToken });
    expect(answer.body.data).toEqual({ viewer: { id: user.id } });
    const refused = await client.post('/graphql', query);
    expect([refused.body.data, refused.body.errors]).toEqual([
      null,
      [expect.objectContaining({ extensions: { code: 'TOKEN_MISSING', statusCode: 401 } })],
    ]);
    const ask = async (field: string, token?: string) => {
      const { data, errors } = (await client.post('/graphql', { query: `{ ${field} }` }, { token })).body;
      return data?.[field] ?? errors[0].extensions.code;
    };
    expect(await ask('greeting')).toBe('Hello');
    expect(await ask('greeting', accessToken)).toBe(`Hello, ${user.id}`);
    expect(await ask('greeting', 'x.y.z')).toBe('INVALID_TOKEN');
    expect(await ask('secret', accessToken)).toBe('FORBIDDEN');
    expect(await ask('apiKey', accessToken)).toBe('for users who have just shown who they are');
    const vault = await client.post('/graphql', { query: '{ vault }' }, { token: accessToken });
    expect(vault.body.errors[0].extensions).toMatchObject({
      code: 'STEP_UP_REQUIRED',
      statusCode: 401,
      details: [
        { field: 'acr_values', message: 'mfa' },
        { field: 'max_age', message: '300' },
      ],
    });
    const cookie = `access=${accessToken}; __Host-access=${accessToken}`;
    const call = (origin: string) => client.post('/graphql', query, { cookie, headers: { origin } });
    expect((await call(client.url)).body.data).toEqual({ viewer: { id: user.id } });
    const foreign = (await call('https://evil.example')).body.errors[0];
    expect(foreign.extensions.code).toBe('CSRF_REJECTED');
    await client.post('/auth/logout', { refreshToken });
    expect(await ask('greeting', accessToken)).toBe('TOKEN_REVOKED');
  });

  it('websocket-message-token: each message carries its token', async () => {
    const { NotesModule } = await import('../../examples/extending/websocket-message-token.js');
    const { client } = await start({ imports: [NotesModule] });
    const { accessToken, refreshToken, user } = await registered(client);
    const ask = async (token: string) => {
      const socket = new WebSocket(client.url.replace('http', 'ws'));
      await new Promise((resolve) => socket.once('open', resolve));
      socket.send(JSON.stringify({ event: 'whoami', data: { accessToken: token } }));
      const answer = await new Promise<string>((resolve) =>
        socket.once('message', (data: Buffer) => resolve(data.toString())),
      );
      socket.close();
      return JSON.parse(answer);
    };
    expect(await ask(accessToken)).toEqual({ event: 'you', data: user.id });
    expect(await ask(refreshToken)).toMatchObject({ event: 'exception', data: { error: 'INVALID_TOKEN' } });
  });
});

function claimsOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString());
}
