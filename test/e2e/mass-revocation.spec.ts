import { AccountAdmin, RevocationList, TokensService } from '../../src/index.js';
import { inMemoryAuth } from '../../src/testing/index.js';
import { newEmail, PASSWORD } from '../support/client.js';
import { type Host, startHost } from '../support/host-app.js';
import { runCli } from '../support/cli.js';
import { createMigratedDatabase } from '../support/postgres.js';
import { productionSettings } from '../support/service-process.js';
import { startServiceHere } from '../support/service-here.js';
import { until } from '../support/until.js';

const claimsOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString());

describe.each(['PostgreSQL', 'memory'])('ending all sessions, in %s', (place) => {
  let host: Host;
  let admin: AccountAdmin;
  let tokens: TokensService;
  beforeEach(async () => {
    host = await startHost(place === 'memory' ? { parts: inMemoryAuth() } : {});
    admin = host.app.get(AccountAdmin);
    tokens = host.app.get(TokensService);
  });
  afterEach(() => host.close());

  const begin = (id: string) => tokens.issue({ id, roles: [], permissions: [] });
  const account = async () => (await admin.create({ email: newEmail(), password: PASSWORD })).id;
  const works = (token: string) =>
    tokens.verify(token).then(
      () => true,
      (error) => error.code,
    );

  it('refuses every token of before and no token of after, even of the same second', async () => {
    const id = await account();
    for (let round = 0; round < 5; round++) {
      const old = await Promise.all([begin(id), begin(id)]);
      const { ended } = await admin.endAllSessions();
      const fresh = await begin(id);
      expect(ended).toBe(round === 0 ? 2 : 3);
      for (const { accessToken, refreshToken } of old) {
        expect(await works(accessToken)).toBe('TOKEN_REVOKED');
        await expect(tokens.rotate(refreshToken)).rejects.toMatchObject({ code: 'TOKEN_REVOKED' });
      }
      expect(await works(fresh.accessToken)).toBe(true);
      expect(await works((await tokens.rotate(fresh.refreshToken)).accessToken)).toBe(true);
    }
  });

  it('with a time, ends only what began before it, although it has been refreshed since', async () => {
    const id = await account();
    const old = await begin(id);
    const began = claimsOf(old.accessToken).auth_time;
    await until(() => Date.now() > (began + 1) * 1_000 + 50);
    const before = new Date((began + 1) * 1_000);
    const refreshed = await tokens.rotate(old.refreshToken);
    const later = await begin(id);
    expect(await admin.endAllSessions({ before })).toEqual({ before, ended: 1 });
    expect(await works(refreshed.accessToken)).toBe('TOKEN_REVOKED');
    await expect(tokens.rotate(refreshed.refreshToken)).rejects.toMatchObject({ code: 'TOKEN_REVOKED' });
    expect(await works(later.accessToken)).toBe(true);
    await expect(admin.endAllSessions({ before: new Date(Date.now() + 60_000) })).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
    });
  });

  it('of one user spares everyone else, and the next login of this user', async () => {
    const [one, other] = [await account(), await account()];
    const [old, spared] = [await begin(one), await begin(other)];
    expect(await admin.endSessionsOf(one)).toBe(1);
    const fresh = await begin(one);
    expect(await works(old.accessToken)).toBe('TOKEN_REVOKED');
    expect([await works(fresh.accessToken), await works(spared.accessToken)]).toEqual([true, true]);
    expect(await works((await tokens.rotate(fresh.refreshToken)).accessToken)).toBe(true);
    expect(await admin.endSessionsOf('nobody')).toBe(0);
  });
});

describe('ending all sessions, on two instances', () => {
  let one: Host;
  let two: Host;
  beforeAll(async () => {
    one = await startHost();
    const { url } = one.database.options as { url: string };
    const { access: accessSecret, refresh: refreshSecret } = one.secrets;
    two = await startHost({ databaseUrl: url, options: { jwt: { accessSecret, refreshSecret } } });
  });
  afterAll(async () => {
    await two.close();
    await one.close();
  });

  const refresh = ({ client }: Host, refreshToken: string) => client.post('/auth/refresh', { refreshToken });
  const me = async ({ client }: Host, token: string) => (await client.get('/orders/mine', { token })).status;

  it('a login of the same second works everywhere immediately, and what began before it nowhere', async () => {
    const credentials = { email: newEmail(), password: PASSWORD };
    await one.client.post('/auth/register', credentials);
    const login = async (host: Host) => (await host.client.post('/auth/login', credentials)).body;
    for (let rounds = 0; rounds < 3;) {
      await until(() => Date.now() % 1_000 < 200);
      const old = [await login(one), await login(two)];
      await one.app.get(AccountAdmin).endAllSessions();
      const fresh = [await login(one), await login(two)];
      const began = [...old, ...fresh].map(({ accessToken }) => claimsOf(accessToken).auth_time);
      for (const { accessToken } of fresh)
        expect([await me(one, accessToken), await me(two, accessToken)]).toEqual([200, 200]);
      for (const [i, { accessToken, refreshToken }] of old.entries()) {
        expect(await me(one, accessToken)).toBe(401);
        await until(async () => (await me(two, accessToken)) === 401);
        expect((await refresh(i === 0 ? two : one, refreshToken)).body.error).toBe('TOKEN_REVOKED');
      }
      const [a, b] = [await refresh(two, fresh[0].refreshToken), await refresh(one, fresh[1].refreshToken)];
      for (const { body } of [a, b])
        expect([await me(one, body.accessToken), await me(two, body.accessToken)]).toEqual([200, 200]);
      if (new Set(began).size === 1) rounds++; // all of them in one second, which is the point
    }
  });
});

describe('what an instance knows and the database does not', () => {
  let host: Host;
  beforeAll(async () => {
    host = await startHost();
  });
  afterAll(() => host.close());

  /** A promoted standby may lack what was committed last. */
  const forgetRevocation = (sid: string) =>
    host.database.query('UPDATE refresh_tokens SET revoked_at = NULL, revoked_reason = NULL WHERE id = $1', [
      sid,
    ]);

  it('is refused everywhere, and the session is ended again', async () => {
    const email = newEmail();
    const { body } = await host.client.post('/auth/register', { email, password: PASSWORD });
    const { sid } = claimsOf(body.accessToken);
    await host.app.get(TokensService).revokeSession(sid);
    await forgetRevocation(sid);
    const tokens = host.app.get(TokensService);
    await expect(tokens.checkRefreshToken(body.refreshToken)).rejects.toMatchObject({
      code: 'TOKEN_REVOKED',
    });
    await forgetRevocation(sid);
    const { refreshToken } = body;
    expect(await host.client.post('/auth/refresh', { refreshToken })).toMatchObject({
      status: 401,
      body: { error: 'TOKEN_REVOKED' },
    });
    const [row] = await host.database.query('SELECT revoked_at FROM refresh_tokens WHERE id = $1', [sid]);
    expect(row.revoked_at).not.toBeNull();
  });

  it('does not matter where the list cannot answer: the database decides', async () => {
    const { body } = await host.client.post('/auth/register', { email: newEmail(), password: PASSWORD });
    const list = host.app.get(RevocationList);
    const isRevoked = list.isRevoked;
    list.isRevoked = () => {
      throw new Error('not now');
    };
    const { status } = await host.client.post('/auth/refresh', { refreshToken: body.refreshToken });
    list.isRevoked = isRevoked;
    expect(status).toBe(200);
  });

  it('begins with the one revocation: rows that nobody has ended yet are refused, also after their refresh', async () => {
    const { body } = await host.client.post('/auth/register', { email: newEmail(), password: PASSWORD });
    const { sid } = claimsOf(body.accessToken);
    await host.database.query(
      `UPDATE refresh_tokens SET created_at = created_at - interval '1 hour' WHERE id = $1`,
      [sid],
    );
    const since = new Date(Date.now() - 60_000);
    await host.app.get(RevocationList).revoke([{ kind: 'all', id: '*', since }], 60);
    const { refreshToken } = body;
    expect((await host.client.post('/auth/refresh', { refreshToken })).body.error).toBe('TOKEN_REVOKED');
    const [row] = await host.database.query('SELECT revoked_at FROM refresh_tokens WHERE id = $1', [sid]);
    expect(row.revoked_at).not.toBeNull();
  });
});

describe('latchkey sessions end', () => {
  it('ends what it was told to, on a running service, and says how many', async () => {
    const database = await createMigratedDatabase();
    const settings = productionSettings(database.url);
    const service = await startServiceHere(settings);
    const run = (...args: string[]) => runCli(['sessions', 'end', ...args], settings);
    const register = async () =>
      (await service.client.post('/auth/register', { email: newEmail(), password: PASSWORD })).body;
    const statusOf = async (token: string) => (await service.client.get('/auth/me', { token })).status;

    expect(await run()).toMatchObject({ code: 2, stdout: '' });
    expect(await run('--all', '--user', 'x')).toMatchObject({ code: 2 });
    expect((await run('--all')).stderr).toMatch(/To confirm, add --yes/);
    expect(await run('--before', 'yesterday', '--yes')).toMatchObject({ code: 2 });
    expect(await run('--before', '2999-01-01', '--yes')).toMatchObject({ code: 2 });
    for (const day of ['2026-02-31', '2026-02-31T00:00:00Z', '2025-02-29', '2026-13-01'])
      expect(await run('--before', day, '--yes')).toMatchObject({ code: 2, stdout: '' });
    expect(await run('--user', 'nobody@example.com')).toMatchObject({ code: 1 });
    for (const nobody of ['garbage', '00000000-0000-4000-8000-000000000000'])
      expect(await run('--user', nobody)).toMatchObject({ code: 1, stderr: `There is no user ${nobody}.\n` });
    for (const empty of ['', '  ']) expect(await run('--user', empty)).toMatchObject({ code: 2, stdout: '' });

    const [one, two] = [await register(), await register()];
    expect((await run('--user', one.user.email)).stdout).toBe(
      `1 sessions of ${one.user.email} have ended.\n`,
    );
    await until(async () => (await statusOf(one.accessToken)) === 401);
    expect(await statusOf(two.accessToken)).toBe(200);

    expect(JSON.parse((await run('--before', '2020-01-01', '--yes', '--json')).stdout).ended).toBe(0);
    const answer = await run('--all', '--yes', '--json');
    expect([answer.code, JSON.parse(answer.stdout)]).toEqual([0, { before: expect.any(String), ended: 1 }]);
    await until(async () => (await statusOf(two.accessToken)) === 401);
    expect(await statusOf((await register()).accessToken)).toBe(200);
    expect(JSON.parse((await run('--all', '--yes', '--json')).stdout).ended).toBe(1);

    await service.end();
    const { Client } = await import('pg');
    const client = new Client({ connectionString: database.url });
    await client.connect();
    const { rows } = await client.query(`SELECT details FROM auth_events WHERE type = 'all-sessions-ended'`);
    await client.end();
    expect(rows.map(({ details }) => details.count).toSorted()).toEqual([0, 1, 1]);
    await database.drop();
  });
});
