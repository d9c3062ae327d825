import { newEmail, PASSWORD } from '../support/client.js';
import { type Host, startHost } from '../support/host-app.js';
import { mailsTo, RecordedMails, tokenFor } from '../support/recorded-mails.js';

const OTHER = 'quite another long sentence';

let host: Host;
beforeAll(async () => {
  host = await startHost({
    options: { publicUrl: 'https://auth.example.com', accounts: { verification: 'optional' } },
    parts: { accountMails: RecordedMails },
  });
});
afterAll(() => host?.close());

const call = (method: string, path: string, body?: object, more: object = {}) =>
  host.client.call(path, { method, body, ...more });
const register = async (headers: Record<string, string> = {}) => {
  const email = newEmail();
  const answer = await call('POST', '/auth/register', { email, password: PASSWORD }, { headers });
  const { user, accessToken, refreshToken } = answer.body;
  const cookie = answer.headers
    .getSetCookie()
    .map((line) => line.split(';')[0]!)
    .join('; ');
  return { email, id: user.id as string, token: accessToken as string, refreshToken, cookie };
};

const SENSITIVE = [
  ['A231', 'POST', '/auth/email', { newEmail: 'next@example.com' }],
  ['A235', 'DELETE', '/auth/me', undefined],
  ['A237', 'GET', '/auth/me/export', undefined],
] as const;

describe.each(SENSITIVE)('%s: %s %s', (_, method, path, body) => {
  it('needs a fresh proof of who the user is, however fresh the token is', async () => {
    const { email, id, refreshToken } = await register();
    await host.database.query(
      `UPDATE refresh_tokens SET created_at = created_at - interval '1 day', auth_time = auth_time - interval '1 day'
       WHERE user_id = $1`,
      [id],
    );
    const { body: fresh } = await call('POST', '/auth/refresh', { refreshToken });
    const before = (await mailsTo(host, email)).length;
    const refused = await call(method, path, body, { token: fresh.accessToken });
    expect(refused).toMatchObject({ status: 401, body: { error: 'STEP_UP_REQUIRED' } });
    expect(refused.headers.get('www-authenticate')).toContain('insufficient_user_authentication');
    expect(await mailsTo(host, email)).toHaveLength(before);
    const stepped = await call('POST', '/auth/step-up', { password: PASSWORD }, { token: fresh.accessToken });
    expect((await call(method, path, body, { token: stepped.body.accessToken })).status).toBeLessThan(300);
  });

  it('needs a user', async () => {
    expect((await call(method, path, body)).body.error).toBe('TOKEN_MISSING');
  });
});

it('A237: the export is of the user alone, whatever else is asked for', async () => {
  const [one, other] = [await register(), await register()];
  const query = `?id=${other.id}&userId=${other.id}&email=${other.email}`;
  const { body } = await call('GET', `/auth/me/export${query}`, undefined, { token: one.token });
  expect(body.user.id).toBe(one.id);
  expect(JSON.stringify(body)).not.toContain(other.id);
  expect((await call('GET', `/auth/${other.id}/export`, undefined, { token: one.token })).status).toBe(404);
});

it.each([
  { origin: 'https://evil.example' },
  { origin: 'null' },
  { 'sec-fetch-site': 'cross-site' },
  { 'sec-fetch-site': 'same-site', origin: 'https://other.example.com' },
] as Record<string, string>[])(
  'A282: no route of accounts obeys a foreign page %p with the cookies of its visitor',
  async (page) => {
    const { email, cookie } = await register({ 'x-auth-transport': 'cookie' });
    await call('POST', '/auth/password/forgot', { email });
    const token = await tokenFor(host, email, 'reset-password');
    const before = (await mailsTo(host, email)).length;
    for (const [method, path, body] of [
      ['POST', '/auth/step-up', { password: PASSWORD }],
      ['POST', '/auth/email', { newEmail: newEmail() }],
      ['POST', '/auth/email/verification', {}],
      ['POST', '/auth/email/verify', { token }],
      ['POST', '/auth/email/confirm', { token }],
      ['POST', '/auth/email/undo', { token }],
      ['POST', '/auth/password/forgot', { email }],
      ['POST', '/auth/password/reset', { token, newPassword: OTHER }],
      ['POST', '/auth/me/restore', { token }],
      ['PATCH', '/auth/me', { name: 'Mallory' }],
      ['DELETE', '/auth/me', undefined],
    ] as const)
      expect(await call(method, path, body, { headers: { cookie, ...page } })).toMatchObject({
        status: 403,
        body: { error: 'CSRF_REJECTED' },
      });
    expect(await mailsTo(host, email)).toHaveLength(before);
    const me = await call('GET', '/auth/me', undefined, { headers: { cookie } });
    expect(me.body.user).toMatchObject({ email, name: null });
    expect((await call('POST', '/auth/password/reset', { token, newPassword: OTHER })).status).toBe(204);
  },
);
