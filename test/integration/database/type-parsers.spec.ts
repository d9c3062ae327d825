import { types } from 'pg';
import { DataSource } from 'typeorm';
import {
  authEntities,
  authMigrations,
  Cleanup,
  KeyRing,
  KeyRotation,
  ResourceClients,
  UserStore,
} from '../../../src/index.js';
import { newEmail, PASSWORD } from '../../support/client.js';
import { type OrmHost, startOrmHost } from '../../support/orm-host.js';
import { createMigratedDatabase, type TestDatabase } from '../../support/postgres.js';

/** bool, int8, int2, int4, json, float8, text[], timestamp, timestamptz, numeric, jsonb */
const TYPES = [16, 20, 21, 23, 114, 701, 1009, 1114, 1184, 1700, 3802];
const NEXT = 'quite another sentence';

describe.each([
  ['as text', (text: string) => text],
  ['as objects of a library', (text: string) => ({ text })],
])('a host that has pg return all types %s', (_, parser) => {
  const before = TYPES.map((type) => types.getTypeParser(type));
  let database: TestDatabase;
  let host: OrmHost;
  beforeAll(async () => {
    database = await createMigratedDatabase();
    for (const type of TYPES) types.setTypeParser(type, parser as never);
    host = await startOrmHost(
      { url: database.url, entities: [...authEntities], migrations: [...authMigrations] },
      {
        jwt: {
          algorithm: 'ES256',
          keyRing: { encryptionSecret: 'kdj3'.repeat(10) },
          refreshSecret: 'refr'.repeat(10),
        },
        sessions: { maxPerUser: 3 },
        // Without rate limits, wrong passwords are not delayed either.
        rateLimits: { login: { limit: 1_000, per: '1m' }, register: { limit: 1_000, per: '1m' } },
      },
    );
  });
  afterAll(async () => {
    await host?.app.close();
    TYPES.forEach((type, i) => types.setTypeParser(type, before[i] as never));
    await database?.drop();
  });

  const register = async () => {
    const email = newEmail();
    const { status, body } = await host.client.post('/auth/register', {
      email,
      password: PASSWORD,
      name: 'Ada',
    });
    expect(status).toBe(201);
    return { email, id: body.user.id, refreshToken: body.refreshToken, token: body.accessToken };
  };

  it('really gets them like that', async () => {
    const [row] = await host.app.get(DataSource).query('SELECT now() AS now, 1 AS one');
    expect(row).toEqual({ now: parser(expect.any(String) as never), one: parser('1') });
  });

  it('registers, logs in, refreshes, detects reuse, lists sessions and logs out', async () => {
    const { email, token, refreshToken } = await register();
    const { client } = host;
    const me = await client.get('/auth/me', { token });
    expect(me.body.user).toMatchObject({
      email,
      name: 'Ada',
      roles: [],
      createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
    });
    const login = await client.post('/auth/login', { email, password: PASSWORD });
    expect(login.status).toBe(200);
    const sessions = await client.get('/auth/sessions', { token });
    expect(sessions.body).toHaveLength(2);
    expect(new Date(sessions.body[0].createdAt).getTime()).toBeGreaterThan(Date.now() - 60_000);
    const first = await client.post('/auth/refresh', { refreshToken });
    const second = await client.post('/auth/refresh', { refreshToken: first.body.refreshToken });
    expect([first.status, second.status]).toEqual([200, 200]);
    const reused = await client.post('/auth/refresh', { refreshToken });
    expect([reused.status, reused.body.error]).toEqual([401, 'REFRESH_TOKEN_REUSED']);
    expect((await client.get('/auth/me', { token })).status).toBe(401);
    const again = login.body.refreshToken;
    expect((await client.post('/auth/logout', { refreshToken: again })).status).toBe(204);
    expect((await client.post('/auth/refresh', { refreshToken: again })).status).toBe(401);
  });

  it('delays wrong passwords and changes right ones', async () => {
    const { email, token } = await register();
    const login = (password: string) => host.client.post('/auth/login', { email, password });
    for (let i = 0; i < 5; i++) expect((await login('not the sentence of anyone')).status).toBe(401);
    await host.app.get(DataSource).query(`UPDATE login_attempts SET free_at = now() + interval '1 minute'`);
    const delayed = await login(PASSWORD);
    expect(delayed.status).toBe(429);
    expect(Number(delayed.headers.get('retry-after'))).toBeGreaterThan(50);
    await host.app.get(DataSource).query('DELETE FROM login_attempts');
    const body = { currentPassword: PASSWORD, newPassword: NEXT };
    expect((await host.client.post('/auth/password', body, { token })).status).toBe(204);
    expect((await login(NEXT)).status).toBe(200);
  });

  it('keeps roles, users and clients', async () => {
    const { id } = await register();
    const users = host.app.get<UserStore>(UserStore);
    const roles = ['a,b', 'say "hi"', 'NULL', '{}', 'back\\slash'];
    await users.setAccess!(id, { roles, permissions: [] });
    expect(await users.findById(id)).toMatchObject({ roles, permissions: [], createdAt: expect.any(Date) });
    await users.setDisabled!(id, true);
    expect(await users.findById(id)).toMatchObject({ disabled: true });
    const clients = host.app.get(ResourceClients);
    const created = await clients.create('orders');
    expect(await clients.verify('orders', created!.secret)).toBe(true);
    expect(await clients.list()).toEqual([{ id: 'orders', createdAt: expect.any(Date) }]);
    expect(await clients.remove('orders')).toBe(true);
    expect(await clients.remove('orders')).toBe(false);
  });

  it('rotates keys, whose tokens are valid, and cleans up', async () => {
    const { email } = await register();
    const rotation = host.app.get(KeyRotation);
    await rotation.rotate();
    const states = () =>
      host.app
        .get(KeyRing)
        .list()
        .map(({ kid, state }) => ({ kid, state }));
    expect(
      states()
        .map(({ state }) => state)
        .sort(),
    ).toEqual(['active', 'pending']);
    const active = states().find(({ state }) => state === 'active')!;
    expect(await rotation.retire(active.kid)).toBe(true);
    expect(
      states()
        .map(({ state }) => state)
        .sort(),
    ).toEqual(['active', 'retired']);
    const { body } = await host.client.post('/auth/login', { email, password: PASSWORD });
    expect((await host.client.get('/auth/me', { token: body.accessToken })).status).toBe(200);
    const source = host.app.get(DataSource);
    await source.query(`UPDATE refresh_tokens SET absolute_expires_at = now() - interval '1 s'`);
    expect(await host.app.get(Cleanup).countExpired()).toBeGreaterThan(0);
    expect(await host.app.get(Cleanup).run()).toBeGreaterThan(0);
    expect(await host.app.get(Cleanup).countExpired()).toBe(0);
  });
});
