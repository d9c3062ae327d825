import { DataSource } from 'typeorm';
import { TokensService } from '../../src/index.js';
import { newEmail, PASSWORD } from '../support/client.js';
import { createDatabase, type TestDatabase } from '../support/postgres.js';
import { type Host, startHost } from '../support/host-app.js';
import { productionSettings, type ServiceProcess, startServiceProcess } from '../support/service-process.js';
import { until } from '../support/until.js';

const sidOf = (token: string): string =>
  JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()).sid as string;

describe('two instances of the service on one PostgreSQL', () => {
  let database: TestDatabase;
  let sql: DataSource;
  let instances: ServiceProcess[];
  /** Issues tokens that the instances also accept, without having to hash a password. */
  let issuer: Host;
  beforeAll(async () => {
    database = await createDatabase();
    const settings = productionSettings(database.url);
    // Both start on an empty database, so the migrations have to take turns.
    instances = await Promise.all([startServiceProcess(settings), startServiceProcess(settings)]);
    sql = await new DataSource({ type: 'postgres', url: database.url }).initialize();
    const { JWT_ACCESS_PRIVATE_KEY: accessPrivateKey, JWT_REFRESH_SECRET: refreshSecret } = settings;
    const jwt = { accessPrivateKey, refreshSecret: refreshSecret! };
    issuer = await startHost({
      databaseUrl: database.url,
      options: { publicUrl: settings.PUBLIC_URL, jwt },
    });
  });
  beforeAll(async () => {
    // Opens every connection that an instance may have before the race, so that all of them take part in it.
    const { accessToken: token } = await register();
    await until(async () => {
      await Promise.all(
        instances.flatMap(({ client }) =>
          Array.from({ length: 20 }, () => client.get('/auth/sessions', { token })),
        ),
      );
      const [{ open }] = await sql.query(
        `SELECT count(*)::int AS open FROM pg_stat_activity
         WHERE datname = current_database() AND application_name = 'latchkey'`,
      );
      return open === 2 * (20 + 1); // plus one each that listens for revocations
    });
  });
  afterAll(async () => {
    await issuer?.close();
    await sql?.destroy();
    await Promise.all((instances ?? []).map((instance) => instance.end()));
    await database?.drop();
  });

  const register = async () =>
    (await instances[0]!.client.post('/auth/register', { email: newEmail(), password: PASSWORD })).body;
  const refresh = (instance: number, refreshToken: string) =>
    instances[instance % 2]!.client.post('/auth/refresh', { refreshToken });
  const sessionRow = async (sid: string) =>
    (await sql.query<Record<string, unknown>[]>(`SELECT * FROM refresh_tokens WHERE id = $1`, [sid]))[0]!;

  it('100 parallel refreshes with one token: one rotation, one successor, nobody logged out', async () => {
    for (let generation = 0, { refreshToken, accessToken } = await register(); generation < 3; generation++) {
      const before = await sessionRow(sidOf(accessToken));
      const answers = await Promise.all(Array.from({ length: 100 }, (_, i) => refresh(i, refreshToken)));
      expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([200]));
      expect(new Set(answers.map((answer) => answer.body.refreshToken)).size).toBe(1);
      expect(new Set(answers.map((answer) => answer.body.accessToken)).size).toBe(100);
      const after = await sessionRow(sidOf(accessToken));
      expect(after.previous_jti).toBe(before.current_jti);
      expect(after.revoked_at).toBeNull();
      for (const i of [0, 1]) {
        const token = answers[i]!.body.accessToken;
        expect((await instances[i]!.client.get('/api/protected', { token })).status).toBe(200);
      }
      ({ refreshToken, accessToken } = answers[0]!.body);
    }
  });

  it('refresh against logout, 200 rounds: no token works afterwards', async () => {
    const { user } = await register();
    for (let round = 0; round < 200; round += 20) {
      await Promise.all(
        Array.from({ length: 20 }, async (_, i) => {
          const session = await issuer.app.get(TokensService).issue(user);
          const { refreshToken } = session;
          const [refreshed, loggedOut] = await Promise.all([
            refresh(i, refreshToken),
            instances[i % 2]!.client.post('/auth/logout', { refreshToken }),
          ]);
          expect(loggedOut.status).toBe(204);
          expect([200, 401]).toContain(refreshed.status);
          const tokens = [refreshToken, ...(refreshed.status === 200 ? [refreshed.body.refreshToken] : [])];
          for (const token of tokens) {
            for (const instance of [0, 1]) expect((await refresh(instance, token)).status).toBe(401);
          }
          const access = [session.accessToken, refreshed.body.accessToken].filter(Boolean);
          for (const token of access) {
            expect((await instances[i % 2]!.client.get('/api/protected', { token })).body.error).toBe(
              'TOKEN_REVOKED',
            );
          }
        }),
      );
    }
  }, 60_000);

  it('a token used on one instance counts as reuse on the other', async () => {
    const { refreshToken } = await register();
    const second = (await refresh(0, refreshToken)).body.refreshToken;
    const third = (await refresh(1, second)).body.refreshToken;
    expect((await refresh(0, refreshToken)).body.error).toBe('REFRESH_TOKEN_REUSED');
    for (const token of [second, third]) expect((await refresh(1, token)).body.error).toBe('TOKEN_REVOKED');
  });

  it('ran every migration once', async () => {
    const rows = await sql.query<{ name: string }[]>(`SELECT name FROM migrations`);
    expect(rows.length).toBeGreaterThan(0);
    expect(new Set(rows.map((row) => row.name)).size).toBe(rows.length);
  });
});
