import { AuthEvents, Cleanup, type AuthEvent } from '../../src/index.js';
import { AuditTrail } from '../../src/events/audit-trail.js';
import { cookieHeader, newEmail, PASSWORD } from '../support/client.js';
import { type AdapterName, type Host, startHost } from '../support/host-app.js';
import { mailsTo, RecordedMails, tokenFor } from '../support/recorded-mails.js';

const OTHER = 'quite another long sentence';
const INVALID = { status: 400, body: { error: 'ACTION_TOKEN_INVALID' } };

const start = (verification: 'off' | 'optional' | 'required', adapter: AdapterName = 'express') =>
  startHost({
    adapter,
    style: adapter === 'fastify' ? 'forRootAsync' : 'forRoot',
    options: { publicUrl: 'https://auth.example.com', accounts: { verification } },
    parts: { accountMails: RecordedMails },
  });

const templatesTo = async (host: Host, email: string) =>
  (await mailsTo(host, email)).map(({ template }) => template);

async function register(host: Host) {
  const account = { email: newEmail(), password: PASSWORD };
  const { status, body } = await host.client.post('/auth/register', account);
  expect(status).toBe(201);
  return {
    ...account,
    token: body.accessToken as string,
    refreshToken: body.refreshToken as string,
    id: body.user.id as string,
  };
}

const login = (host: Host, email: string, password: string) =>
  host.client.post('/auth/login', { email, password });

describe.each(['express', 'fastify'] as const)('accounts by mail on %s', (adapter) => {
  let host: Host;
  const events: AuthEvent[] = [];
  beforeAll(async () => {
    host = await start('optional', adapter);
    host.app.get(AuthEvents).subscribe((event) => void events.push(event));
  });
  afterAll(() => host?.close());
  const post = (path: string, body: object, token?: string) => host.client.post(path, body, { token });
  const eventsOf = (id: string) => events.filter(({ userId }) => userId === id);

  it('a forgotten password is replaced by a mailed link, which ends all sessions and starts none', async () => {
    const { email, token, refreshToken, id } = await register(host);
    const asked = await post('/auth/password/forgot', { email });
    expect([asked.status, asked.body]).toEqual([202, '']);
    const link = await tokenFor(host, email, 'reset-password');
    const reset = await post('/auth/password/reset', { token: link, newPassword: OTHER });
    expect([reset.status, reset.body, reset.cookies]).toEqual([204, '', {}]);
    expect((await host.client.get('/auth/me', { token })).status).toBe(401);
    expect((await post('/auth/refresh', { refreshToken })).status).toBe(401);
    expect((await login(host, email, PASSWORD)).status).toBe(401);
    expect((await login(host, email, OTHER)).status).toBe(200);
    expect(await templatesTo(host, email)).toEqual(['verify-email', 'reset-password', 'password-reset']);
    expect(eventsOf(id).map(({ type }) => type)).toEqual(
      expect.arrayContaining(['password-reset-requested', 'password-reset']),
    );
  });

  it('an address is proven by the link of the registration, once', async () => {
    const { email, token } = await register(host);
    const link = await tokenFor(host, email, 'verify-email');
    expect((await post('/auth/email/verify', { token: link })).status).toBe(204);
    expect(await post('/auth/email/verify', { token: link })).toMatchObject(INVALID);
    expect((await post('/auth/email/verification', {}, token)).status).toBe(202);
    expect(await templatesTo(host, email)).toEqual(['verify-email']);
  });

  it('the link that proves an address is mailed again', async () => {
    const { email, token } = await register(host);
    expect((await post('/auth/email/verification', {}, token)).status).toBe(202);
    expect(await templatesTo(host, email)).toEqual(['verify-email', 'verify-email']);
    const link = await tokenFor(host, email, 'verify-email');
    expect((await post('/auth/email/verify', { token: link })).status).toBe(204);
  });

  it('the address is changed once the new one is proven; the session that asked for it stays', async () => {
    const { email, token } = await register(host);
    const other = (await login(host, email, PASSWORD)).body.accessToken;
    const newAddress = newEmail();
    expect((await post('/auth/email', { newEmail: newAddress.toUpperCase() }, token)).status).toBe(202);
    expect((await host.client.get('/auth/me', { token })).body.user.email).toBe(email);
    const link = await tokenFor(host, newAddress, 'email-change-confirm');
    expect((await post('/auth/email/confirm', { token: link })).status).toBe(204);
    expect((await host.client.get('/auth/me', { token })).body.user.email).toBe(newAddress);
    expect((await host.client.get('/auth/me', { token: other })).status).toBe(401);
    expect((await login(host, newAddress, PASSWORD)).status).toBe(200);
    expect((await login(host, email, PASSWORD)).status).toBe(401);
    expect(await templatesTo(host, email)).toEqual([
      'verify-email',
      'email-change-requested',
      'email-changed',
    ]);
    expect(await templatesTo(host, newAddress)).toEqual(['email-change-confirm', 'email-changed']);
    expect((await post('/auth/register', { email, password: PASSWORD })).status).toBe(409);
  });

  it('a change is undone from the old address: all sessions end, and the password is off until it is reset', async () => {
    const { email, token, id } = await register(host);
    const newAddress = newEmail();
    await post('/auth/email', { newEmail: newAddress }, token);
    await post('/auth/email/confirm', { token: await tokenFor(host, newAddress, 'email-change-confirm') });
    const undo = await tokenFor(host, email, 'email-changed');
    expect((await post('/auth/email/undo', { token: undo })).status).toBe(204);
    expect((await host.client.get('/auth/me', { token })).status).toBe(401);
    expect(eventsOf(id)).toContainEqual(
      expect.objectContaining({ type: 'session-ended', reason: 'email-changed' }),
    );
    for (const each of [email, newAddress]) expect((await login(host, each, PASSWORD)).status).toBe(401);
    const link = await tokenFor(host, email, 'reset-password');
    expect((await post('/auth/password/reset', { token: link, newPassword: OTHER })).status).toBe(204);
    expect((await login(host, email, OTHER)).status).toBe(200);
  });

  it('the name is changed and removed', async () => {
    const { token } = await register(host);
    const patch = (body: object) => host.client.call('/auth/me', { method: 'PATCH', body, token });
    const changed = await patch({ name: 'Grace' });
    expect([changed.status, changed.body.user.name]).toEqual([200, 'Grace']);
    expect((await patch({ name: null })).body.user.name).toBeNull();
    for (const body of [{}, { name: '' }, { name: 7 }, { name: 'a'.repeat(201) }, { name: 'a\u202e' }])
      expect(await patch(body)).toMatchObject({
        status: 400,
        body: { error: 'VALIDATION_FAILED', details: [{ field: 'name' }] },
      });
  });

  it('everything that is kept is exported, without hashes and secrets', async () => {
    const { email, token, id } = await register(host);
    const { status, body } = await host.client.get('/auth/me/export', { token });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      user: { id, email },
      provenEmail: null,
      sessions: [{}],
      actions: [{ purpose: 'verify-email' }],
      // Also what has just happened, and is only being written.
      events: expect.arrayContaining([expect.objectContaining({ type: 'registered' })]),
    });
    const [row] = await host.database.query('SELECT password_hash FROM users WHERE id = $1', [id]);
    expect(JSON.stringify(body)).not.toContain(row.password_hash);
    expect(JSON.stringify(body)).not.toMatch(/secret|hash/i);
  });

  it('a closed account is reopened by its link, with its sessions ended', async () => {
    const { email, token, id } = await register(host);
    const closed = await host.client.call('/auth/me', { method: 'DELETE', token });
    expect([closed.status, closed.body]).toEqual([202, '']);
    expect((await host.client.get('/auth/me', { token })).status).toBe(401);
    expect((await login(host, email, PASSWORD)).body.error).toBe('INVALID_CREDENTIALS');
    const link = await tokenFor(host, email, 'account-closing');
    expect((await post('/auth/me/restore', { token: link })).status).toBe(204);
    expect((await login(host, email, PASSWORD)).status).toBe(200);
    expect((await host.client.get('/auth/me', { token })).status).toBe(401);
    expect(await post('/auth/me/restore', { token: link })).toMatchObject(INVALID);
    expect(eventsOf(id).map(({ type }) => type)).toEqual(
      expect.arrayContaining(['account-closing', 'account-restored']),
    );
  });

  it('a closed account is deleted after two weeks, and nothing personal is left of it', async () => {
    const { email, token, id } = await register(host);
    await login(host, email, PASSWORD);
    await host.client.call('/auth/me', { method: 'DELETE', token });
    await host.database.query(
      `UPDATE auth_accounts SET closing_at = now() - interval '1 s' WHERE user_id = $1`,
      [id],
    );
    // Its event still waits to be written when the account is deleted.
    await login(host, email, 'a guess of somebody');
    expect(await host.app.get(Cleanup).run({ wait: true })).toBeGreaterThan(0);
    await host.app.get(AuditTrail).flush();
    const left = async (sql: string) => (await host.database.query(sql, [id])) as object[];
    expect(await left('SELECT 1 FROM users WHERE id = $1')).toEqual([]);
    for (const table of ['auth_accounts', 'auth_actions'])
      expect(await left(`SELECT 1 FROM ${table} WHERE user_id = $1`)).toEqual([]);
    const trail = await left('SELECT type, ip, user_agent, details FROM auth_events WHERE user_id = $1');
    expect(trail).toEqual(expect.arrayContaining([expect.objectContaining({ type: 'account-closed' })]));
    expect(JSON.stringify(trail)).not.toMatch(/127\.0\.0\.1|example\.com|node/);
    expect((await post('/auth/register', { email, password: PASSWORD })).status).toBe(201);
  });

  it('bodies that are not right are refused with the field', async () => {
    const { token } = await register(host);
    for (const [path, body, field] of [
      ['/auth/password/forgot', { email: 'no address' }, 'email'],
      ['/auth/password/forgot', { email: 'a@example.com, b@example.com' }, 'email'],
      ['/auth/password/forgot', {}, 'email'],
      ['/auth/password/reset', { newPassword: OTHER }, 'token'],
      ['/auth/password/reset', { token: ['lk_'], newPassword: OTHER }, 'token'],
      ['/auth/email', { newEmail: 'no address' }, 'newEmail'],
      ['/auth/email', { newEmail: 7 }, 'newEmail'],
      ['/auth/email/confirm', {}, 'token'],
    ] as const)
      expect(await post(path, body, token)).toMatchObject({
        status: 400,
        body: { error: 'VALIDATION_FAILED', details: [{ field }] },
      });
  });
});

describe.each(['express', 'fastify'] as const)('registration with a proven address on %s', (adapter) => {
  let host: Host;
  beforeAll(async () => {
    host = await start('required', adapter);
  });
  afterAll(() => host?.close());

  it('creates the account once the link is followed in the same browser', async () => {
    const account = { email: newEmail(), password: PASSWORD, name: 'Ada' };
    const begun = await host.client.post('/auth/register', account);
    expect([begun.status, begun.body]).toEqual([202, '']);
    expect(await host.database.query('SELECT 1 FROM users WHERE email = $1', [account.email])).toEqual([]);
    expect((await login(host, account.email, PASSWORD)).status).toBe(401);
    const token = await tokenFor(host, account.email, 'confirm-registration');
    const cookie = cookieHeader(begun);
    const confirmed = await host.client.post('/auth/register/confirm', { token }, { cookie });
    expect(confirmed).toMatchObject({ status: 201, body: { user: { email: account.email, name: 'Ada' } } });
    expect((await host.client.get('/auth/me', { token: confirmed.body.accessToken })).status).toBe(200);
    expect(await host.client.post('/auth/register/confirm', { token }, { cookie })).toMatchObject(INVALID);
    expect((await login(host, account.email, PASSWORD)).status).toBe(200);
  });

  it('elsewhere, the link needs the chosen password, and is worthless after ten wrong ones', async () => {
    const account = { email: newEmail(), password: PASSWORD };
    await host.client.post('/auth/register', account);
    const token = await tokenFor(host, account.email, 'confirm-registration');
    const confirm = (body: object) => host.client.post('/auth/register/confirm', { token, ...body });
    expect(await confirm({})).toMatchObject({ status: 401, body: { error: 'INVALID_CREDENTIALS' } });
    expect((await confirm({ password: OTHER })).status).toBe(401);
    expect((await confirm({ password: PASSWORD })).status).toBe(201);

    const other = { email: newEmail(), password: PASSWORD };
    const begun = await host.client.post('/auth/register', other);
    const second = { token: await tokenFor(host, other.email, 'confirm-registration') };
    for (let i = 0; i < 10; i++)
      expect((await host.client.post('/auth/register/confirm', { ...second, password: OTHER })).status).toBe(
        401,
      );
    expect(await host.client.post('/auth/register/confirm', { ...second, password: PASSWORD })).toMatchObject(
      INVALID,
    );
    const inBrowser = await host.client.post('/auth/register/confirm', second, {
      cookie: cookieHeader(begun),
    });
    expect(inBrowser.status).toBe(201);
  });

  it('tells only the owner that an address is taken', async () => {
    const account = { email: newEmail(), password: PASSWORD };
    const begun = await host.client.post('/auth/register', account);
    const token = await tokenFor(host, account.email, 'confirm-registration');
    await host.client.post('/auth/register/confirm', { token }, { cookie: cookieHeader(begun) });
    const again = await host.client.post('/auth/register', { ...account, password: OTHER });
    expect([again.status, again.body]).toEqual([begun.status, begun.body]);
    const names = (answer: typeof begun) => [...answer.headers.keys()];
    expect(names(again)).toEqual(names(begun));
    expect((await mailsTo(host, account.email)).map(({ template }) => template)).toEqual([
      'confirm-registration',
      'address-taken',
    ]);
  });

  it('an account with an unproven address gets a link instead of a session, and only for the right password', async () => {
    const account = { email: newEmail(), password: PASSWORD };
    const { AccountAdmin } = await import('../../src/index.js');
    await host.app.get(AccountAdmin).create(account);
    expect((await login(host, account.email, OTHER)).body.error).toBe('INVALID_CREDENTIALS');
    expect(await mailsTo(host, account.email)).toEqual([]);
    const refused = await login(host, account.email, PASSWORD);
    expect(refused).toMatchObject({ status: 403, body: { error: 'EMAIL_NOT_VERIFIED' } });
    const token = await tokenFor(host, account.email, 'verify-email');
    expect((await host.client.post('/auth/email/verify', { token })).status).toBe(204);
    expect((await login(host, account.email, PASSWORD)).status).toBe(200);
  });
});

it.each(['forRoot', 'forRootAsync'] as const)(
  'without the option there are no such routes, with %s (A285)',
  async (style) => {
    const host = await startHost({ style });
    const { token } = await register(host);
    for (const [method, path] of [
      ['POST', '/auth/password/forgot'],
      ['POST', '/auth/password/reset'],
      ['POST', '/auth/email'],
      ['POST', '/auth/email/verify'],
      ['POST', '/auth/email/verification'],
      ['POST', '/auth/email/confirm'],
      ['POST', '/auth/email/undo'],
      ['POST', '/auth/register/confirm'],
      ['PATCH', '/auth/me'],
      ['DELETE', '/auth/me'],
      ['POST', '/auth/me/restore'],
      ['GET', '/auth/me/export'],
    ] as const)
      expect([path, (await host.client.call(path, { method, token })).status]).toEqual([path, 404]);
    await host.close();
  },
);
