import { Controller, Get, type INestApplication, Module, type Type, UseGuards } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test, type TestingModule } from '@nestjs/testing';
import {
  AccountAdmin,
  AuthModule,
  type AuthUser,
  CurrentUser,
  JwtAuthGuard,
  Permissions,
  Public,
  Roles,
  TokensService,
  type UserAccess,
  UserStore,
} from '../../src/index.js';
import {
  FakeClock,
  InMemoryUserStore,
  inMemoryAuth,
  overrideJwtAuthGuard,
  signIn,
} from '../../src/testing/index.js';
import { ExpressAdapter } from '../express/adapter.js';
import { Client, newEmail, PASSWORD } from '../support/client.js';
import { startHost } from '../support/host-app.js';

@Controller('orders')
@UseGuards(JwtAuthGuard)
class OrdersController {
  @Get()
  list(@CurrentUser() user: AuthUser) {
    return { user };
  }

  @Roles('admin')
  @Get('all')
  all() {
    return { all: true };
  }

  @Permissions('orders:export')
  @Get('export')
  export() {
    return { exported: true };
  }

  @Public()
  @Get('prices')
  prices() {
    return { prices: [] };
  }
}

@Module({ controllers: [OrdersController] })
class OrdersModule {}

const running: INestApplication[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((app) => app.close()));
});

async function listen(
  module: TestingModule,
  adapter: FastifyAdapter | ExpressAdapter = new ExpressAdapter(),
) {
  const app = module.createNestApplication(adapter);
  running.push(app);
  await app.listen(0, '127.0.0.1');
  return { app, client: new Client(await app.getUrl()) };
}

async function start(options: Parameters<typeof inMemoryAuth>[0] = {}, adapter?: FastifyAdapter) {
  const imports = [AuthModule.forRoot(inMemoryAuth(options)), OrdersModule];
  return listen(await Test.createTestingModule({ imports }).compile(), adapter);
}

describe('inMemoryAuth', () => {
  it.each<[string, (() => FastifyAdapter) | undefined]>([
    ['Express', undefined],
    ['Fastify', () => new FastifyAdapter()],
  ])('runs the whole module without a database, on %s', async (_, adapter) => {
    const { client } = await start({}, adapter?.());
    const account = { email: newEmail(), password: PASSWORD };
    expect((await client.post('/auth/register', account)).status).toBe(201);
    const { body: first } = await client.post('/auth/login', account);
    const { body: second } = await client.post('/auth/refresh', { refreshToken: first.refreshToken });
    const { body: third } = await client.post('/auth/refresh', { refreshToken: second.refreshToken });
    expect((await client.get('/orders', { token: third.accessToken })).status).toBe(200);
    const reuse = await client.post('/auth/refresh', { refreshToken: first.refreshToken });
    expect(reuse.body.error).toBe('REFRESH_TOKEN_REUSED');
    expect((await client.get('/orders', { token: third.accessToken })).body.error).toBe('TOKEN_REVOKED');
  });

  it('gives tokens the claims that they have in production, and the time of the login at every refresh', async () => {
    const clock = new FakeClock();
    const { client } = await start({ clock: clock.now, publicUrl: 'https://auth.example.com' });
    let { body } = await client.post('/auth/register', { email: newEmail(), password: PASSWORD });
    const loggedInAt = Math.floor(clock.now() / 1000);
    for (let times = 0; times < 3; times++) {
      const claims = JSON.parse(Buffer.from(body.accessToken.split('.')[1], 'base64url').toString());
      expect(claims).toMatchObject({
        iss: 'https://auth.example.com',
        client_id: 'latchkey',
        auth_time: loggedInAt,
      });
      clock.advance('10m');
      ({ body } = await client.post('/auth/refresh', { refreshToken: body.refreshToken }));
    }
  });

  it("accepts the caller's options", async () => {
    const { client } = await start({
      jwt: { refreshSecret: 'r'.repeat(48), issuer: 'mine', accessTtl: '1m' },
    });
    const { body } = await client.post('/auth/register', { email: newEmail(), password: PASSWORD });
    expect(body.expiresIn).toBe(60);
  });

  it('slows down guessing where the options ask for it, and knows devices', async () => {
    const clock = new FakeClock();
    const { app, client } = await start({ accountProtection: {}, clock: clock.now });
    const account = { email: newEmail(), password: PASSWORD };
    const { headers } = await client.post('/auth/register', account);
    const deviceProof = headers.get('x-device-proof');
    const wrong = { ...account, password: 'not the sentence of anyone' };
    for (let i = 0; i < 5; i++) expect((await client.post('/auth/login', wrong)).status).toBe(401);
    expect((await client.post('/auth/login', account)).status).toBe(429);
    expect(await app.get(AccountAdmin).find(account.email)).toMatchObject({
      passwordOff: false,
      slowedBy: [{ counter: 'strangers', failures: 5, off: false }],
    });
    expect((await client.post('/auth/login', { ...account, deviceProof })).status).toBe(200);
    clock.advance('2s');
    expect((await client.post('/auth/login', account)).status).toBe(200);
  });

  it('lets accounts be administered', async () => {
    const { app, client } = await start();
    const admin = app.get(AccountAdmin);
    const account = { email: newEmail(), password: PASSWORD };
    const { id } = await admin.create({ ...account, roles: ['admin'] });
    const login = async () => (await client.post('/auth/login', account)).status;
    expect(await login()).toBe(200);
    expect(await admin.disable(id)).toBe(true);
    expect([await login(), await admin.sessionsOf(id)]).toEqual([401, []]);
    expect(await admin.enable(id)).toBe(true);
    expect(await login()).toBe(200);
    expect((await admin.list()).items).toEqual([expect.objectContaining({ id, roles: ['admin'] })]);
    expect(await admin.remove(id)).toBe(true);
    expect(await login()).toBe(401);
  });

  it('hashes cheaply, unless the options say how to hash', async () => {
    const hashedBy = async (options: Parameters<typeof inMemoryAuth>[0]) => {
      const { app, client } = await start(options);
      const { body } = await client.post('/auth/register', { email: newEmail(), password: PASSWORD });
      return (await app.get<InMemoryUserStore>(UserStore).findById(body.user.id))?.passwordHash;
    };
    expect(await hashedBy({})).toMatch(/\$2b\$04\$/);
    expect(await hashedBy({ passwords: { bcryptCost: 11 } })).toMatch(/\$2b\$11\$/);
    expect(await hashedBy({ passwords: { peppers: ['p'.repeat(32)] } })).toMatch(/^lk1\$[\da-f]{8}\$/);
  });
});

describe('signIn', () => {
  it('returns headers for a user with roles and permissions, without HTTP', async () => {
    const { app, client } = await start();
    const admin = await signIn(app, { roles: ['admin'], permissions: ['orders:export'] });
    const nobody = await signIn(app);
    const get = async (path: string, { headers }: { headers: Record<string, string> }) =>
      (await client.get(path, { headers })).status;
    expect(await get('/orders/all', admin)).toBe(200);
    expect(await get('/orders/export', admin)).toBe(200);
    expect(await get('/orders', nobody)).toBe(200);
    expect(await get('/orders/all', nobody)).toBe(403);
  });

  it('starts a real session, which can be refreshed with the same roles, and ended', async () => {
    const { app, client } = await start();
    const email = newEmail();
    const { user, tokens } = await signIn(app, { email, name: 'Ada', roles: ['admin'] });
    const { body } = await client.post('/auth/refresh', { refreshToken: tokens.refreshToken });
    expect((await client.get('/orders/all', { token: body.accessToken })).status).toBe(200);
    expect((await client.get('/auth/me', { token: body.accessToken })).body.user).toMatchObject({
      email,
      name: 'Ada',
    });
    await app.get(TokensService).revokeUser(user.id);
    expect((await client.get('/orders', { token: body.accessToken })).status).toBe(401);
  });

  it('recognizes a user it has signed in before', async () => {
    const { app } = await start();
    const email = newEmail();
    const first = await signIn(app, { email, roles: ['admin'] });
    const second = await signIn(app, { email });
    expect(second.user).toEqual(first.user);
    expect(await app.get<InMemoryUserStore>(UserStore).findByEmail(email)).toEqual(first.user);
  });

  it('gives a new user fields of your own', async () => {
    const { app } = await start();
    const { user } = await signIn(app, { fields: { plan: 'pro', id: 'other' }, roles: ['admin'] });
    expect(user).toMatchObject({ plan: 'pro', roles: ['admin'] });
    expect(user.id).not.toBe('other');
  });

  it('grants roles in a user store of your own that has setAccess', async () => {
    const users = new InMemoryUserStore();
    class OwnStore implements UserStore {
      findById = (id: string) => users.findById(id);
      findByEmail = (email: string) => users.findByEmail(email);
      create = (user: Parameters<UserStore['create']>[0]) => users.create(user);
      replacePasswordHash = () => Promise.resolve(false);
      setAccess = (id: string, access: UserAccess) => users.setAccess(id, access);
    }
    const { app, client } = await start({ userStore: OwnStore });
    const { tokens } = await signIn(app, { roles: ['admin'] });
    const { body } = await client.post('/auth/refresh', { refreshToken: tokens.refreshToken });
    expect((await client.get('/orders/all', { token: body.accessToken })).status).toBe(200);
  });

  it('also works with users and sessions in the database', async () => {
    const host = await startHost();
    try {
      const { tokens } = await signIn(host.app, { roles: ['owner'] });
      const { body } = await host.client.post('/auth/refresh', { refreshToken: tokens.refreshToken });
      const removed = await host.client.call('/orders/1', { method: 'DELETE', token: body.accessToken });
      expect(removed.status).toBe(200);
    } finally {
      await host.close();
    }
  });
});

describe('FakeClock', () => {
  it('ages tokens and sessions without waiting', async () => {
    const clock = new FakeClock(new Date('2030-01-01T00:00:00Z'));
    const { app, client } = await start({ clock: clock.now });
    const { tokens, headers } = await signIn(app);
    clock.advance('14m');
    expect((await client.get('/orders', { headers })).status).toBe(200);
    clock.advance('2m');
    expect((await client.get('/orders', { headers })).body.error).toBe('TOKEN_EXPIRED');
    clock.advance('8d');
    const { body } = await client.post('/auth/refresh', { refreshToken: tokens.refreshToken });
    expect(body.error).toBe('REFRESH_TOKEN_EXPIRED');
  });
});

describe('overrideJwtAuthGuard', () => {
  const start = async (
    imports: (Type<unknown> | ReturnType<typeof AuthModule.forRoot>)[],
    user?: Partial<AuthUser>,
  ) =>
    listen(
      await Test.createTestingModule({ imports })
        .overrideGuard(JwtAuthGuard)
        .useValue(overrideJwtAuthGuard(user))
        .compile(),
    );

  it('makes every request come from one user, whose roles count as usual', async () => {
    const { client } = await start([AuthModule.forRoot(inMemoryAuth()), OrdersModule], {
      id: '42',
      roles: ['admin'],
    });
    expect((await client.get('/orders')).body.user).toMatchObject({ id: '42', roles: ['admin'] });
    expect((await client.get('/orders/all')).status).toBe(200);
    expect((await client.get('/orders/export')).body.error).toBe('FORBIDDEN');
    expect((await client.get('/orders/prices')).status).toBe(200);
  });

  it('needs no AuthModule', async () => {
    const { client } = await start([OrdersModule]);
    expect((await client.get('/orders')).body.user.claims.sub).toBe('test-user');
    expect((await client.get('/orders/all')).status).toBe(403);
  });
});
