// Covers docs/security.md, case 71, 73, 74, 81, 83.
import { cookieHeader, newEmail, PASSWORD } from '../support/client.js';
import { type Host, startHost } from '../support/host-app.js';
import { AccountProtection } from '../../src/index.js';
import { disableUser, enableUser } from '../../src/cli/user.commands.js';

const WRONG = 'not the sentence of anyone';

let host: Host;
beforeAll(async () => {
  host = await startHost({
    options: { rateLimits: false, accountProtection: {}, passwords: { bcryptCost: 10, minLength: 8 } },
  });
});
afterAll(() => host?.close());

const register = async (password = PASSWORD) => {
  const email = newEmail();
  const { body } = await host.client.post('/auth/register', { email, password });
  return { email, ...body };
};
const login = async (email: string, password: string) =>
  (await host.client.post('/auth/login', { email, password })).status;

describe('which password is the right one', () => {
  it('one that differs after 72 bytes is a different one', async () => {
    for (const stem of ['x'.repeat(72), '€'.repeat(24)]) {
      const { email } = await register(`${stem}A of mine`);
      expect(await login(email, `${stem}B of mine`)).toBe(401);
      expect(await login(email, `${stem}A of mine`)).toBe(200);
    }
  });

  it('an enormous one is refused without hashing', async () => {
    const { email } = await register();
    expect(await login(email, 'x'.repeat(3_000))).toBe(400);
    expect(await login(email, 'x'.repeat(1_000))).toBe(401);
  });

  it('é matches in every normal form, and ﬁ does not match fi', async () => {
    const { email } = await register('caf\u00e9 au lait, \ufb01lled');
    expect(await login(email, 'cafe\u0301 au lait, \ufb01lled')).toBe(200);
    expect(await login(email, 'caf\u00e9 au lait, filled')).toBe(401);
  });
});

describe('logging in while logged in', () => {
  const cookies = { 'x-auth-transport': 'cookie' };

  it('starts a new session and ends the one whose cookies it overwrites', async () => {
    const email = newEmail();
    const first = await host.client.post(
      '/auth/register',
      { email, password: PASSWORD },
      { headers: cookies },
    );
    const cookie = cookieHeader(first);
    const second = await host.client.post(
      '/auth/login',
      { email, password: PASSWORD },
      { headers: cookies, cookie },
    );
    expect(second.status).toBe(200);
    expect((await host.client.get('/auth/me', { cookie })).body.error).toBe('TOKEN_REVOKED');
    const sessions = await host.client.get('/auth/sessions', { cookie: cookieHeader(second) });
    expect(sessions.body).toHaveLength(1);
  });

  it('a failed login ends nothing, and neither does one that answers in the body', async () => {
    const email = newEmail();
    const first = await host.client.post(
      '/auth/register',
      { email, password: PASSWORD },
      { headers: cookies },
    );
    const cookie = cookieHeader(first);
    await host.client.post('/auth/login', { email, password: WRONG }, { headers: cookies, cookie });
    await host.client.post('/auth/login', { email, password: PASSWORD }, { cookie });
    expect((await host.client.get('/auth/me', { cookie })).status).toBe(200);
  });

  it('cookies set earlier do not influence it', async () => {
    const { email } = await register();
    const answer = await host.client.post(
      '/auth/login',
      { email, password: PASSWORD },
      { headers: cookies, cookie: 'access=chosen; refresh=chosen' },
    );
    expect(answer.status).toBe(200);
    expect(answer.cookies.refresh!.value).not.toBe('chosen');
  });
});

describe('an operator', () => {
  it('enables a password that a hundred failures turned off', async () => {
    const { email, user } = await register();
    await login(email, WRONG);
    await host.database.query('UPDATE login_attempts SET total = 100, failures = 20 WHERE user_id = $1', [
      user.id,
    ]);
    expect(await login(email, PASSWORD)).toBe(401);
    expect(await login(email, PASSWORD)).toBe(429);
    expect((await enableUser(host.app, email)).json).toEqual({ done: true });
    expect(await login(email, PASSWORD)).toBe(200);
  });

  it('disables a user: every token becomes invalid, and enabling the user revives none', async () => {
    const { email, accessToken: token, refreshToken } = await register();
    const alive = async () => [
      (await host.client.get('/auth/me', { token })).status,
      (await host.client.post('/auth/refresh', { refreshToken })).status,
    ];
    await disableUser(host.app, email);
    expect(await alive()).toEqual([401, 401]);
    expect(await login(email, PASSWORD)).toBe(401);
    await enableUser(host.app, email);
    expect(await alive()).toEqual([401, 401]);
    expect(await login(email, PASSWORD)).toBe(200);
  });

  it('can also reset the count of an address without an account', async () => {
    const email = newEmail();
    await login(email, WRONG);
    await host.app.get(AccountProtection).reset(email);
    expect(await host.database.query('SELECT * FROM login_attempts WHERE user_id IS NULL')).toEqual([]);
  });
});

it('neither a registration nor a password change accepts the display name or a keyboard pattern', async () => {
  const { client } = host;
  const account = { email: newEmail(), name: 'Augusta King-Noel' };
  const weak = ['Augusta King-Noel', 'augustakingnoel1815', 'qwertyuiopasdfghjkl', 'passwordpassword1'];
  for (const password of weak) {
    const { status, body } = await client.post('/auth/register', { ...account, password });
    expect([status, body.error, body.details]).toEqual([
      400,
      'VALIDATION_FAILED',
      [{ field: 'password', message: expect.stringContaining('easy to guess') }],
    ]);
  }
  const { accessToken: token } = (await client.post('/auth/register', { ...account, password: PASSWORD }))
    .body;
  for (const newPassword of weak) {
    const change = { currentPassword: PASSWORD, newPassword };
    const { status, body } = await client.post('/auth/password', change, { token });
    expect([status, body.details]).toEqual([
      400,
      [{ field: 'newPassword', message: expect.stringContaining('easy to guess') }],
    ]);
  }
});
