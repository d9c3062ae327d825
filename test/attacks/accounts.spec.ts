// Covers docs/security.md, case 16, 39, 40, 41, 42.
import { TokensService } from '../../src/index.js';
import { newEmail, PASSWORD } from '../support/client.js';
import { ALGORITHMS, type Attacked, decode, newVictim, startAttacked } from './attacked-host.js';
import { formatCases } from './cases-format.js';
import { withClaims } from './forge.js';

describe.each(ALGORITHMS)('formerly valid tokens, %s', (algorithm) => {
  let attacked: Attacked;
  beforeAll(async () => {
    attacked = await startAttacked(algorithm);
  });
  beforeEach(async () => {
    const { host, forger } = attacked;
    attacked = { host, ...(await newVictim(host, forger)) };
  });
  afterAll(() => attacked.host.close());

  const call = async (token: string, path = '/orders') => {
    const { status, body } = await attacked.host.client.get(path, { token });
    return status === 200 ? 200 : body.error;
  };
  const strictly = (token: string) =>
    attacked.host.app
      .get(TokensService)
      .verify(token, 'strict')
      .then(
        () => 'accepted',
        (error: { code: string }) => error.code,
      );
  const refresh = async (refreshToken: string) => {
    const { status, body } = await attacked.host.client.post('/auth/refresh', { refreshToken });
    return status === 200 ? 200 : body.error;
  };
  const login = async () =>
    (await attacked.host.client.post('/auth/login', { email: attacked.account.email, password: PASSWORD }))
      .body;

  it.each([
    ['deleted', 'DELETE FROM users WHERE id = $1'],
    ['disabled', 'UPDATE users SET disabled_at = now() WHERE id = $1'],
  ])('of a user who was %s directly in the database', async (_, sql) => {
    const { host, forger, account } = attacked;
    await host.database.query(sql, [account.id]);
    expect(await call(forger.token, '/auth/me')).not.toBe(200);
    expect(await strictly(forger.token)).toBe('TOKEN_REVOKED');
    expect(await refresh(forger.refreshToken)).toBe('TOKEN_REVOKED');
  });

  it('of a user who never existed', async () => {
    const token = withClaims({ sub: '3f0e8f3e-0f7c-4a53-9b0a-2f1f6d2a9d10' })(attacked.forger);
    expect(await call(token, '/auth/me')).not.toBe(200);
    expect(await strictly(token)).toBe('TOKEN_REVOKED');
  });

  it('of a deleted account do not work for the next account with the same address', async () => {
    const { host, forger, account } = attacked;
    await host.database.query('DELETE FROM users WHERE id = $1', [account.id]);
    const next = (
      await host.client.post('/auth/register', { email: account.email, password: account.password })
    ).body;
    expect(next.user.id).not.toBe(account.id);
    expect(await call(forger.token, '/auth/me')).not.toBe(200);
    expect(await refresh(forger.refreshToken)).toBe('TOKEN_REVOKED');
    expect(await refresh(next.refreshToken)).toBe(200);
  });

  it('from before a password change, except those of the session that made the change', async () => {
    const { host, forger } = attacked;
    const own = await login();
    const change = { currentPassword: PASSWORD, newPassword: 'another long sentence of mine' };
    expect((await host.client.post('/auth/password', change, { token: own.accessToken })).status).toBe(204);
    expect(await call(forger.token)).toBe('TOKEN_REVOKED');
    expect(await refresh(forger.refreshToken)).toBe('TOKEN_REVOKED');
    expect([await call(own.accessToken), await refresh(own.refreshToken)]).toEqual([200, 200]);
  });

  it('from before a logout everywhere', async () => {
    const { host, forger } = attacked;
    const own = await login();
    await host.client.post('/auth/logout-all', undefined, { token: own.accessToken });
    for (const { accessToken, refreshToken } of [own, { ...forger, accessToken: forger.token }]) {
      expect([await call(accessToken), await refresh(refreshToken)]).toEqual([
        'TOKEN_REVOKED',
        'TOKEN_REVOKED',
      ]);
    }
    expect(await call((await login()).accessToken)).toBe(200);
  });

  it('from before the account was disabled', async () => {
    const { host, forger, account } = attacked;
    await host.database.query('UPDATE users SET disabled_at = now() WHERE id = $1', [account.id]);
    await host.app.get(TokensService).revokeUser(account.id);
    expect(await call(forger.token)).toBe('TOKEN_REVOKED');
    expect(await refresh(forger.refreshToken)).toBe('TOKEN_REVOKED');
  });

  it('carry no role that was removed, after the next refresh', async () => {
    const { host, account } = attacked;
    await host.database.query('UPDATE users SET roles = $2 WHERE id = $1', [account.id, ['admin']]);
    const admin = await login();
    expect(decode(admin.accessToken, 1).roles).toEqual(['admin']);
    await host.database.query('UPDATE users SET roles = $2 WHERE id = $1', [account.id, []]);
    const { body } = await host.client.post('/auth/refresh', { refreshToken: admin.refreshToken });
    expect(decode(body.accessToken, 1).roles).toEqual([]);
  });

  it('stay revoked for at least as long as they would have lived', async () => {
    const { host, forger } = attacked;
    await host.client.post('/auth/logout', { refreshToken: forger.refreshToken });
    const [{ until }] = await host.database.query<[{ until: Date }]>(
      'SELECT until FROM revocations WHERE id = $1',
      [forger.claims.sid],
    );
    expect(Number(until) / 1000).toBeGreaterThan((forger.claims.exp as number) + 60);
    expect(await call(forger.token)).toBe('TOKEN_REVOKED');
  });

  it('a revoked id is refused whoever else carries it', async () => {
    const { host, forger } = attacked;
    await host.app.get(TokensService).revokeAccessToken(forger.claims.jti as string);
    const other = (await host.client.post('/auth/register', { email: newEmail(), password: PASSWORD })).body;
    const { sub, sid } = decode(other.accessToken, 1);
    expect(await call(withClaims({ sub, sid })(forger))).toBe('TOKEN_REVOKED');
    expect(await call(other.accessToken)).toBe(200);
  });
});

const twins = formatCases.filter((attack) => attack.case === 16);
it.each(twins)('$name is refused once the original is revoked', async ({ forge }) => {
  const { host, forger } = await startAttacked('ES256');
  const statuses = () =>
    Promise.all(
      [forger.token, forge(forger)].map(
        async (token) => (await host.client.get('/orders', { token })).status,
      ),
    );
  expect(await statuses()).toEqual([200, 200]);
  await host.client.post('/auth/logout', { refreshToken: forger.refreshToken });
  expect(await statuses()).toEqual([401, 401]);
  await host.close();
});
