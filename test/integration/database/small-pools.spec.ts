import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { authEntities, authMigrations, Cleanup } from '../../../src/index.js';
import { newEmail, PASSWORD } from '../../support/client.js';
import { type OrmHost, startOrmHost } from '../../support/orm-host.js';
import { createMigratedDatabase, type TestDatabase } from '../../support/postgres.js';

const NEXT = 'quite another sentence';
const EXPIRED = 3_500;

describe.each([1, 2])('two instances with a pool of %i each', (poolSize) => {
  let database: TestDatabase;
  let hosts: OrmHost[];
  beforeAll(async () => {
    database = await createMigratedDatabase();
    const orm = {
      url: database.url,
      entities: [...authEntities],
      migrations: [...authMigrations],
      migrationsRun: true,
      poolSize,
      // Requests that wait for each other's connections fail instead of hanging.
      extra: { connectionTimeoutMillis: 10_000 },
    };
    const jwt = { accessSecret: 'acce'.repeat(10), refreshSecret: 'refr'.repeat(10) };
    hosts = [await startOrmHost(orm, { jwt }), await startOrmHost(orm, { jwt })];
  });
  afterAll(async () => {
    for (const { app } of hosts ?? []) await app.close();
    await database?.drop();
  });

  const register = async (n: number) => {
    const { client } = hosts[n % 2]!;
    const email = newEmail();
    const { body } = await client.post('/auth/register', { email, password: PASSWORD });
    return {
      client,
      email,
      ...(body as { user: { id: string }; accessToken: string; refreshToken: string }),
    };
  };
  type Session = Awaited<ReturnType<typeof register>>;
  const change = ({ client, accessToken }: Session) =>
    client.post('/auth/password', { currentPassword: PASSWORD, newPassword: NEXT }, { token: accessToken });

  it('change the passwords of many users at the same time, and everything else goes on', async () => {
    const sessions: Session[] = [];
    for (let n = 0; n < 24; n++) sessions.push(await register(n));
    const others = sessions.splice(0, 8);
    const [changes, refreshes] = await Promise.all([
      Promise.all(sessions.map(change)),
      Promise.all(others.map(({ client, refreshToken }) => client.post('/auth/refresh', { refreshToken }))),
    ]);
    expect(new Set(changes.map(({ status }) => status))).toEqual(new Set([204]));
    expect(new Set(refreshes.map(({ status }) => status))).toEqual(new Set([200]));
    const { client, email } = sessions[0]!;
    expect((await client.post('/auth/login', { email, password: NEXT })).status).toBe(200);
  });

  it('let one of several changes of the same password win', async () => {
    const session = await register(0);
    const changes = await Promise.all(
      Array.from({ length: 6 }, (_, i) => change({ ...session, client: hosts[i % 2]!.client })),
    );
    expect(changes.map(({ status }) => status).sort()).toEqual([204, 401, 401, 401, 401, 401]);
  });

  it('clean up while requests run', async () => {
    const source = hosts[0]!.app.get(DataSource);
    await source.query(
      `INSERT INTO refresh_tokens
         (id, user_id, current_jti, created_at, rotated_at, last_used_at, expires_at, absolute_expires_at)
       SELECT gen_random_uuid(), $1, gen_random_uuid(), past, past, past, past, past
       FROM generate_series(1, ${EXPIRED}), (SELECT now() - interval '1 day' AS past) AS times`,
      [randomUUID()],
    );
    const sessions = [await register(0), await register(1)];
    const [deleted, ...changes] = await Promise.all([
      Promise.all(hosts.map(({ app }) => app.get(Cleanup).run())),
      ...sessions.map(change),
    ]);
    expect(changes.map(({ status }) => status)).toEqual([204, 204]);
    // Whoever came second either found the other one running or nothing left to delete.
    expect(deleted.reduce<number>((sum, rows) => sum + (rows ?? 0), 0)).toBe(EXPIRED);
  });

  it('after a process has died while it changed a password: the change waits until the lease has run out', async () => {
    const session = await register(0);
    const source = hosts[0]!.app.get(DataSource);
    await source.query(
      `INSERT INTO auth_leases (name, holder, expires_at)
       VALUES ($1, gen_random_uuid(), clock_timestamp() + interval '30 s')`,
      [`user:${session.user.id}`],
    );
    const refused = await change(session);
    expect([refused.status, refused.body.error]).toEqual([503, 'UNAVAILABLE']);
    expect(refused.headers.get('retry-after')).toBe('1');
    await source.query(`UPDATE auth_leases SET expires_at = clock_timestamp()`);
    expect((await change(session)).status).toBe(204);
    expect(await source.query('SELECT * FROM auth_leases')).toEqual([]);
  });
});
