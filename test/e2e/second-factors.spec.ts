import { type AuthEvent, AuthEvents, ResourceClients } from '../../src/index.js';
import { ageSession, claimsOf } from '../support/age-session.js';
import { type Answer, cookieHeader, PASSWORD } from '../support/client.js';
import { type AdapterName, type Host, startHost } from '../support/host-app.js';
import { mailsTo, RecordedMails, tokenFor } from '../support/recorded-mails.js';
import {
  addTotp,
  codeFor,
  enrolled,
  forgive,
  mfaOptions,
  register,
  rest,
  signIn,
  ticketFor,
  ticketsFor,
  wrongCode,
} from '../support/second-factors.js';

const OTHER = 'quite another long sentence';
const TICKET = 'ACTION_TOKEN_INVALID';

const statuses = (answers: Answer[]) => answers.map(({ status }) => status);
const ok = (answers: Answer[]) => answers.filter(({ status }) => status === 200).length;

describe.each<[AdapterName]>([['express'], ['fastify']])('second factors on %s', (adapter) => {
  let host: Host;
  let client: Host['client'];
  const mfa = mfaOptions();
  const events: AuthEvent[] = [];
  beforeAll(async () => {
    host = await startHost({
      adapter,
      parts: { accountMails: RecordedMails },
      options: { mfa, accounts: {}, csrf: { trustedOrigins: ['https://app.example.com'] } },
    });
    client = host.client;
    host.app.get(AuthEvents).subscribe((event) => void events.push(event));
  });
  afterAll(() => host?.close());

  const eventsOf = (id: string) => events.filter(({ userId }) => userId === id);
  const mfaLogin = (body: object, call = {}) => client.post('/auth/login/mfa', body, call);
  const stepUp = (body: object, token: string) => client.post('/auth/step-up', body, { token });

  it('adds an authenticator app, asks for it at the next login, and says so in the token', async () => {
    const { email, token, refreshToken, id } = await register(host);
    const begun = await client.post('/auth/totp', { name: 'My phone' }, { token });
    expect(begun.status).toBe(201);
    const { id: factorId, secret, otpauthUrl, qrSvg } = begun.body;
    expect(secret).toMatch(/^[A-Z2-7]{32}$/);
    expect(otpauthUrl).toMatch(/^otpauth:\/\/totp\/.+secret=.+issuer=latchkey/);
    expect(qrSvg).toMatch(/^<svg/);
    // Not a factor before it is confirmed.
    expect((await client.get('/auth/factors', { token })).body).toEqual([]);
    expect((await client.post('/auth/login', { email, password: PASSWORD })).status).toBe(200);
    const confirmed = await client.post(
      `/auth/totp/${factorId}/confirm`,
      { code: codeFor(secret) },
      { token },
    );
    expect(confirmed).toMatchObject({ status: 200, body: { recoveryCodes: expect.any(Array) } });
    expect(new Set(confirmed.body.recoveryCodes).size).toBe(10);
    const factors = await client.get('/auth/factors', { token });
    expect(factors.body).toEqual([
      expect.objectContaining({
        id: factorId,
        kind: 'totp',
        name: 'My phone',
        lastUsedAt: expect.any(String),
      }),
      expect.objectContaining({ kind: 'recovery-codes', name: null, remaining: 10 }),
    ]);
    expect(JSON.stringify(factors.body)).not.toContain(secret);
    const refreshed = await client.post('/auth/refresh', { refreshToken });
    expect(claimsOf(refreshed.body.accessToken)).toMatchObject({ acr: 'mfa', amr: ['pwd', 'otp', 'mfa'] });

    await rest(host, id);
    const first = await client.post('/auth/login', { email, password: PASSWORD });
    expect(first).toMatchObject({
      status: 401,
      body: { error: 'MFA_REQUIRED', methods: ['totp', 'recovery-codes'], mfaToken: expect.any(String) },
    });
    expect(first.body).not.toHaveProperty('accessToken');
    expect(first.headers.get('www-authenticate')).toMatch(/^Bearer/);
    const second = await mfaLogin({ mfaToken: first.body.mfaToken, code: codeFor(secret) });
    expect(second).toMatchObject({ status: 200, body: { user: { email } } });
    expect(claimsOf(second.body.accessToken)).toMatchObject({ acr: 'mfa', amr: ['pwd', 'otp', 'mfa'] });
    expect(await mailsTo(host, email)).toEqual([
      expect.objectContaining({
        template: 'security-notice',
        data: expect.objectContaining({ notice: 'factor-added', what: 'My phone', ip: expect.any(String) }),
      }),
    ]);
    expect(eventsOf(id)).toContainEqual(expect.objectContaining({ type: 'factor-added', kind: 'totp' }));
  });

  it('keeps secrets encrypted and codes hashed', async () => {
    const { id, secret, recoveryCodes } = await enrolled(host);
    const rows = await host.database.query('SELECT f::text AS row FROM auth_factors f WHERE user_id = $1', [
      id,
    ]);
    const text = JSON.stringify(rows);
    expect(text).toContain('v1.');
    for (const plain of [secret, ...recoveryCodes]) expect(text).not.toContain(plain);
  });

  it("A222: another user's row cannot be given a secret of one's own", async () => {
    const [thief, victim] = [await enrolled(host), await enrolled(host)];
    await host.database.query(
      `UPDATE auth_factors SET secret = (SELECT secret FROM auth_factors WHERE id = $1) WHERE id = $2`,
      [thief.factorId, victim.factorId],
    );
    const mfaToken = await ticketFor(host, victim.email);
    expect((await mfaLogin({ mfaToken, code: codeFor(thief.secret) })).body.error).toBe('INVALID_CODE');
  });

  it('A239: of 50 parallel logins with one code, one succeeds', async () => {
    const user = await enrolled(host);
    const tickets = await ticketsFor(host, user.email, 50);
    const code = codeFor(user.secret);
    const answers = await Promise.all(tickets.map((mfaToken) => mfaLogin({ mfaToken, code })));
    expect(ok(answers)).toBe(1);
    expect(new Set(statuses(answers).filter((status) => status !== 200 && status !== 429))).toEqual(
      new Set([401]),
    );
  });

  it('A239: one ticket is good for one session, whatever is presented at the same time', async () => {
    const user = await enrolled(host);
    const mfaToken = await ticketFor(host, user.email);
    const answers = await Promise.all([
      mfaLogin({ mfaToken, code: codeFor(user.secret) }),
      mfaLogin({ mfaToken, code: codeFor(user.secret, 1) }),
      mfaLogin({ mfaToken, recoveryCode: user.recoveryCodes[0] }),
      mfaLogin({ mfaToken, recoveryCode: user.recoveryCodes[1] }),
    ]);
    expect(ok(answers)).toBe(1);
    const again = await mfaLogin({ mfaToken, recoveryCode: user.recoveryCodes[2] });
    expect(again).toMatchObject({ status: 400, body: { error: TICKET } });
  });

  it('A239: a code that was used at a login does not pass at a step-up, nor the other way round', async () => {
    const user = await enrolled(host);
    const session = await signIn(host, user);
    const token = session.body.accessToken;
    const used = await stepUp({ code: codeFor(user.secret) }, token);
    const message = 'The code is wrong, or was used before: wait for the next one.';
    expect(used.body).toMatchObject({
      error: 'INVALID_CODE',
      message,
      details: [{ field: 'code', message }],
    });
    const code = codeFor(user.secret, 1);
    expect((await stepUp({ code }, token)).status).toBe(200);
    const mfaToken = await ticketFor(host, user.email);
    expect((await mfaLogin({ mfaToken, code })).body.error).toBe('INVALID_CODE');
  });

  it('A240: the confirming code is spent, and none is good that is older than one that was used', async () => {
    const { email, token, id } = await register(host);
    const { secret } = await addTotp(host, token);
    const mfaToken = await ticketFor(host, email);
    expect((await mfaLogin({ mfaToken, code: codeFor(secret) })).body.error).toBe('INVALID_CODE');
    expect((await mfaLogin({ mfaToken, code: codeFor(secret, 1) })).status).toBe(200);
    await forgive(host, id);
    const next = await ticketFor(host, email);
    expect((await mfaLogin({ mfaToken: next, code: codeFor(secret) })).body.error).toBe('INVALID_CODE');
  });

  it('accepts codes of the time step before and after, and no others', async () => {
    const user = await enrolled(host);
    for (const [later, status] of [
      [-3, 401],
      [3, 401],
      [0, 200],
      [1, 200],
    ] as const) {
      await forgive(host, user.id);
      expect([later, (await signIn(host, user, later)).status]).toEqual([later, status]);
    }
  });

  it('A243: 200 parallel guesses of all kinds get no further than the budget, and the owner gets in again', async () => {
    const user = await enrolled(host);
    const session = (await signIn(host, user)).body.accessToken as string;
    const tickets = await ticketsFor(host, user.email, 40);
    const code = wrongCode(user.secret);
    const guesses = Array.from({ length: 200 }, (_, i) => {
      const mfaToken = tickets[i % 40];
      if (i % 3 === 0) return mfaLogin({ mfaToken, recoveryCode: 'AAAAA-AAAAA-AAAAA-AAAAA-AAAAA' });
      return i % 3 === 1 ? mfaLogin({ mfaToken, code }) : stepUp({ code }, session);
    });
    const answers = await Promise.all(guesses);
    const tried = answers.filter(({ body }) => body.error === 'INVALID_CODE');
    expect(tried.length).toBeLessThanOrEqual(8); // five at once, then after 1, 2, 4 … seconds
    expect(tried.length).toBeGreaterThan(0);
    const refused = answers.find(({ status }) => status === 429)!;
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    // Even the right code has to wait, and is good afterwards.
    const mfaToken = await ticketFor(host, user.email);
    const freeIn = (seconds: number) =>
      host.database.query(
        'UPDATE login_attempts SET free_at = now() + make_interval(secs => $2) WHERE user_id = $1',
        [user.id, seconds],
      );
    await freeIn(60);
    expect((await mfaLogin({ mfaToken, code: codeFor(user.secret, 1) })).status).toBe(429);
    await freeIn(0);
    expect((await mfaLogin({ mfaToken, code: codeFor(user.secret, 1) })).status).toBe(200);
  });

  it('A243: no new password and no login by password gives a new budget', async () => {
    const user = await enrolled(host);
    const session = (await signIn(host, user)).body.accessToken as string;
    const code = wrongCode(user.secret);
    const guess = async (password: string) => {
      const login = await client.post('/auth/login', { email: user.email, password });
      return (await mfaLogin({ mfaToken: login.body.mfaToken, code })).status;
    };
    for (let i = 0; i < 5; i++) expect(await guess(PASSWORD)).toBe(401);
    await host.database.query(
      `UPDATE login_attempts SET free_at = now() + interval '1 h' WHERE user_id = $1 AND counter = 'factors'`,
      [user.id],
    );
    expect(await guess(PASSWORD)).toBe(429);
    const passwords = { currentPassword: PASSWORD, newPassword: OTHER };
    expect((await client.post('/auth/password', passwords, { token: session })).status).toBe(204);
    expect(await guess(OTHER)).toBe(429);
    await client.post('/auth/password/forgot', { email: user.email });
    const token = await tokenFor(host, user.email, 'reset-password');
    expect((await client.post('/auth/password/reset', { token, newPassword: PASSWORD })).status).toBe(204);
    expect(await guess(PASSWORD)).toBe(429);
  });

  it('a ticket dies after five tries', async () => {
    const user = await enrolled(host);
    const mfaToken = await ticketFor(host, user.email);
    for (let i = 0; i < 5; i++) {
      expect((await mfaLogin({ mfaToken, code: wrongCode(user.secret) })).status).toBe(401);
      await forgive(host, user.id);
    }
    const late = await mfaLogin({ mfaToken, code: codeFor(user.secret) });
    expect(late).toMatchObject({ status: 400, body: { error: TICKET } });
  });

  it('A244, A246: a ticket opens nothing but the second step', async () => {
    const user = await enrolled(host);
    const mfaToken = await ticketFor(host, user.email);
    for (const [method, path] of [
      ['GET', '/auth/me'],
      ['GET', '/auth/sessions'],
      ['GET', '/auth/factors'],
      ['GET', '/auth/devices'],
      ['POST', '/auth/recovery-codes'],
      ['POST', '/auth/totp'],
      ['POST', '/auth/step-up'],
      ['DELETE', `/auth/factors/${user.factorId}`],
      ['GET', '/orders'],
    ] as const) {
      const body = method === 'POST' ? { mfaToken } : undefined;
      const asBearer = await client.call(path, { method, body, token: mfaToken });
      expect([path, asBearer.status]).toEqual([path, 401]);
      const asCookie = await client.call(path, {
        method,
        body,
        cookie: `access=${mfaToken}; mfa=${mfaToken}`,
      });
      expect([path, asCookie.status]).toEqual([path, 401]);
      const bare = await client.call(path, { method, body, cookie: `mfa=${mfaToken}` });
      expect([path, bare.status]).toEqual([path, 401]);
    }
    expect((await client.post('/auth/refresh', { refreshToken: mfaToken })).status).toBe(401);
    const { id, secret } = (await host.app.get(ResourceClients).create('orders.api'))!;
    const raw = new URLSearchParams({ token: mfaToken, client_id: id, client_secret: secret }).toString();
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const introspected = await client.call('/oauth/introspect', { raw, headers });
    expect(introspected).toMatchObject({ status: 200, body: { active: false } });
    const reset = await client.post('/auth/password/reset', { token: mfaToken, newPassword: OTHER });
    expect(reset.body.error).toBe(TICKET);
  });

  it('a ticket dies with the password, the account, and any change of factors', async () => {
    const user = await enrolled(host);
    const code = () => codeFor(user.secret, 1);
    const mfaToken = await ticketFor(host, user.email);
    await host.database.query('UPDATE users SET disabled_at = now() WHERE id = $1', [user.id]);
    expect((await mfaLogin({ mfaToken, code: code() })).body.error).toBe(TICKET);
    await host.database.query('UPDATE users SET disabled_at = NULL WHERE id = $1', [user.id]);
    const session = (await signIn(host, user)).body.accessToken as string;
    const older = await ticketFor(host, user.email);
    expect((await client.post('/auth/recovery-codes', {}, { token: session })).status).toBe(201);
    expect((await mfaLogin({ mfaToken: older, code: code() })).body.error).toBe(TICKET);
    const last = await ticketFor(host, user.email);
    const passwords = { currentPassword: PASSWORD, newPassword: OTHER };
    expect((await client.post('/auth/password', passwords, { token: session })).status).toBe(204);
    expect((await mfaLogin({ mfaToken: last, code: code() })).body.error).toBe(TICKET);
  });

  it('A247: with a factor, adding another one needs it, and recently', async () => {
    const user = await enrolled(host);
    // The token from before the first factor says `pwd`.
    const early = await client.post('/auth/totp', {}, { token: user.token });
    expect(early).toMatchObject({ status: 401, body: { error: 'STEP_UP_REQUIRED' } });
    expect(early.headers.get('www-authenticate')).toContain('acr_values="mfa"');
    const session = await signIn(host, user);
    expect((await client.post('/auth/totp', {}, { token: session.body.accessToken })).status).toBe(201);
    await ageSession(host, claimsOf(session.body.accessToken).sid, 6);
    const stale = (await client.post('/auth/refresh', { refreshToken: session.body.refreshToken })).body;
    expect((await client.post('/auth/totp', {}, { token: stale.accessToken })).body.error).toBe(
      'STEP_UP_REQUIRED',
    );
    const byPassword = await stepUp({ password: PASSWORD }, stale.accessToken);
    expect(claimsOf(byPassword.body.accessToken)).toMatchObject({ acr: 'pwd' });
    expect((await client.post('/auth/totp', {}, { token: byPassword.body.accessToken })).body.error).toBe(
      'STEP_UP_REQUIRED',
    );
    const byCode = await stepUp({ code: codeFor(user.secret, 1) }, byPassword.body.accessToken);
    expect(claimsOf(byCode.body.accessToken)).toMatchObject({ acr: 'mfa', amr: ['pwd', 'otp', 'mfa'] });
    const second = await addTotp(host, byCode.body.accessToken, 'Tablet');
    expect(second.recoveryCodes).toBeUndefined();
  });

  it('A247: without a factor, adding one needs a recent login', async () => {
    const { token, refreshToken } = await register(host);
    await ageSession(host, claimsOf(token).sid, 6);
    const stale = (await client.post('/auth/refresh', { refreshToken })).body.accessToken as string;
    expect((await client.post('/auth/totp', {}, { token: stale })).body.error).toBe('STEP_UP_REQUIRED');
    expect((await client.post('/auth/totp', {})).body.error).toBe('TOKEN_MISSING');
  });

  it('A247: what was begun before the first factor cannot be confirmed with the password alone', async () => {
    const { token } = await register(host);
    const begin = async () => (await client.post('/auth/totp', {}, { token })).body;
    const [own, planted] = [await begin(), await begin()];
    const confirm = ({ id, secret }: { id: string; secret: string }) =>
      client.post(`/auth/totp/${id}/confirm`, { code: codeFor(secret) }, { token });
    expect((await confirm(own)).status).toBe(200);
    expect((await confirm(planted)).body.error).toBe('STEP_UP_REQUIRED');
    expect((await client.get('/auth/factors', { token })).body).toHaveLength(2); // with the recovery codes
  });

  it('the first factor ends all other sessions', async () => {
    const user = await register(host);
    const other = await client.post('/auth/login', { email: user.email, password: PASSWORD });
    await addTotp(host, user.token);
    expect((await client.get('/auth/me', { token: other.body.accessToken })).status).toBe(401);
    expect((await client.get('/auth/me', { token: user.token })).status).toBe(200);
  });

  it('A250: a recovery code passes once, in any spelling, and never for another user', async () => {
    const [user, other] = [await enrolled(host), await enrolled(host)];
    const [first, second, third] = user.recoveryCodes as [string, string, string];
    const spelled = first.toLowerCase().replaceAll('-', '');
    expect(
      (await mfaLogin({ mfaToken: await ticketFor(host, user.email), recoveryCode: spelled })).status,
    ).toBe(200);
    const again = await mfaLogin({ mfaToken: await ticketFor(host, user.email), recoveryCode: first });
    const message = 'The recovery code is wrong, or was used before.';
    const refused = { error: 'INVALID_CODE', message, details: [{ field: 'recoveryCode', message }] };
    expect(again.body).toMatchObject(refused);
    const malformed = { mfaToken: await ticketFor(host, user.email), recoveryCode: `${second}-A` };
    expect(await mfaLogin(malformed)).toMatchObject({ status: 401, body: refused });
    expect(eventsOf(user.id)).toContainEqual(
      expect.objectContaining({ type: 'recovery-code-used', remaining: 9 }),
    );
    await forgive(host, user.id);
    const tickets = await ticketsFor(host, user.email, 50);
    const answers = await Promise.all(
      tickets.map((mfaToken) => mfaLogin({ mfaToken, recoveryCode: ` ${second} ` })),
    );
    expect(ok(answers)).toBe(1);
    const foreign = await mfaLogin({ mfaToken: await ticketFor(host, other.email), recoveryCode: third });
    expect(foreign.body.error).toBe('INVALID_CODE');
    const notices = (await mailsTo(host, user.email)).map(
      (mail) => (mail.data as { notice?: string }).notice,
    );
    expect(notices.filter((notice) => notice === 'recovery-code-used')).toHaveLength(2);
  });

  it('A250: the codes of before are dead after a renewal', async () => {
    const user = await enrolled(host);
    const session = await signIn(host, user);
    const renewed = await client.post('/auth/recovery-codes', {}, { token: session.body.accessToken });
    expect(renewed.body.recoveryCodes).toHaveLength(10);
    const old = await mfaLogin({
      mfaToken: await ticketFor(host, user.email),
      recoveryCode: user.recoveryCodes[0],
    });
    expect(old.body.error).toBe('INVALID_CODE');
    await forgive(host, user.id);
    const mfaToken = await ticketFor(host, user.email);
    expect((await mfaLogin({ mfaToken, recoveryCode: renewed.body.recoveryCodes[9] })).status).toBe(200);
  });

  it('A251: removing a factor needs it, ends other sessions, and lowers this one', async () => {
    const user = await enrolled(host);
    const path = `/auth/factors/${user.factorId}`;
    const remove = (token: string) => client.call(path, { method: 'DELETE', token });
    expect((await remove(user.token)).body.error).toBe('STEP_UP_REQUIRED');
    const [own, other] = [await signIn(host, user), await signIn(host, user, 1)];
    expect((await remove(own.body.accessToken)).status).toBe(204);
    expect((await client.get('/auth/me', { token: other.body.accessToken })).status).toBe(401);
    const refreshed = await client.post('/auth/refresh', { refreshToken: own.body.refreshToken });
    expect(claimsOf(refreshed.body.accessToken)).toMatchObject({ acr: 'pwd', amr: ['pwd'] });
    expect((await client.get('/auth/factors', { token: own.body.accessToken })).body).toEqual([]);
    expect((await client.post('/auth/login', { email: user.email, password: PASSWORD })).status).toBe(200);
    expect((await remove(refreshed.body.accessToken)).status).toBe(404);
  });

  it("removes nobody else's factor", async () => {
    const [user, other] = [await enrolled(host), await enrolled(host)];
    const token = (await signIn(host, user)).body.accessToken as string;
    for (const id of [other.factorId, 'x', "'; DROP TABLE users"])
      expect(
        (await client.call(`/auth/factors/${encodeURIComponent(id)}`, { method: 'DELETE', token })).status,
      ).toBe(404);
  });

  it('A252: 100 refreshes change neither acr, amr nor auth_time', async () => {
    const user = await enrolled(host);
    let tokens = (await signIn(host, user)).body;
    const { acr, amr, auth_time: time } = claimsOf(tokens.accessToken);
    for (let i = 0; i < 100; i++) {
      const { body } = await client.post('/auth/refresh', { refreshToken: tokens.refreshToken });
      tokens = body;
    }
    expect(claimsOf(tokens.accessToken)).toMatchObject({ acr, amr, auth_time: time });
  });

  it('A254: a trusted device skips the second factor of its own account, until it is revoked', async () => {
    const [user, other] = [await enrolled(host), await enrolled(host)];
    const mfaToken = await ticketFor(host, user.email);
    const trusting = await mfaLogin({ mfaToken, code: codeFor(user.secret), trustDevice: true });
    const cookie = `trusted=${trusting.cookies.trusted!.value}`;
    expect(trusting.cookies.trusted!.attributes).toContain(`max-age=${30 * 86_400}`);
    const login = (email: string) => client.post('/auth/login', { email, password: PASSWORD }, { cookie });
    const trusted = await login(user.email);
    expect(trusted.status).toBe(200);
    expect(claimsOf(trusted.body.accessToken)).toMatchObject({ acr: 'pwd', amr: ['pwd'] });
    expect((await login(other.email)).body.error).toBe('MFA_REQUIRED');
    const wrong = await client.post('/auth/login', { email: user.email, password: OTHER }, { cookie });
    expect(wrong.body.error).toBe('INVALID_CREDENTIALS');
    // It is no second factor.
    expect(
      (await client.post('/auth/recovery-codes', {}, { token: trusted.body.accessToken })).body.error,
    ).toBe('STEP_UP_REQUIRED');
    const token = trusting.body.accessToken as string;
    const { body: devices } = await client.get('/auth/devices', { token });
    expect(devices).toEqual([
      expect.objectContaining({ id: expect.any(String), expiresAt: expect.any(String) }),
    ]);
    expect(JSON.stringify(devices)).not.toContain(trusting.cookies.trusted!.value.split('.')[1]);
    expect(eventsOf(user.id)).toContainEqual(
      expect.objectContaining({ type: 'device-trusted', deviceId: devices[0].id }),
    );
    const remove = () => client.call(`/auth/devices/${devices[0].id}`, { method: 'DELETE', token });
    expect((await remove()).status).toBe(204);
    expect((await remove()).status).toBe(404);
    expect((await login(user.email)).body.error).toBe('MFA_REQUIRED');
  });

  it('A254: a trusted device is one no longer after a reset, a new password, a removal, or 30 days', async () => {
    const user = await enrolled(host);
    const trust = async () => {
      await rest(host, user.id);
      const mfaToken = await ticketFor(host, user.email);
      const answer = await mfaLogin({ mfaToken, code: codeFor(user.secret), trustDevice: true });
      return { cookie: `trusted=${answer.cookies.trusted!.value}`, token: answer.body.accessToken as string };
    };
    const login = (cookie: string, password = PASSWORD) =>
      client.post('/auth/login', { email: user.email, password }, { cookie });
    const old = await trust();
    await host.database.query(`UPDATE auth_trusted_devices SET expires_at = now() WHERE user_id = $1`, [
      user.id,
    ]);
    expect((await login(old.cookie)).body.error).toBe('MFA_REQUIRED');
    const renewed = await trust();
    expect((await login(renewed.cookie)).status).toBe(200);
    await client.post('/auth/recovery-codes', {}, { token: renewed.token });
    expect((await login(renewed.cookie)).body.error).toBe('MFA_REQUIRED');
    const changed = await trust();
    const passwords = { currentPassword: PASSWORD, newPassword: OTHER };
    expect((await client.post('/auth/password', passwords, { token: changed.token })).status).toBe(204);
    expect((await login(changed.cookie, OTHER)).body.error).toBe('MFA_REQUIRED');
  });

  it('A282: foreign pages complete no login, and consume nothing', async () => {
    const user = await enrolled(host);
    const headers = { 'x-auth-transport': 'cookie' };
    const first = await client.post('/auth/login', { email: user.email, password: PASSWORD }, { headers });
    expect(first).toMatchObject({ status: 401, body: { error: 'MFA_REQUIRED' } });
    expect(first.body).not.toHaveProperty('mfaToken');
    expect(first.cookies.mfa!.attributes).toEqual(expect.arrayContaining(['httponly', 'max-age=300']));
    const cookie = cookieHeader(first);
    const code = codeFor(user.secret);
    for (const foreign of [{ 'sec-fetch-site': 'cross-site' }, { origin: 'https://evil.example' }])
      for (const more of [{}, headers]) {
        const answer = await mfaLogin({ code }, { cookie, headers: { ...foreign, ...more } });
        expect(answer).toMatchObject({ status: 403, body: { error: 'CSRF_REJECTED' } });
      }
    const second = await mfaLogin({ code }, { cookie, headers });
    expect(second.status).toBe(200);
    expect(second.body).not.toHaveProperty('accessToken');
    expect(second.cookies).toMatchObject({ access: {}, refresh: {}, mfa: { value: '' } });
    const session = cookieHeader(second);
    for (const [method, path] of [
      ['POST', '/auth/totp'],
      ['POST', '/auth/recovery-codes'],
      ['POST', '/auth/step-up'],
      ['DELETE', `/auth/factors/${user.factorId}`],
      ['DELETE', '/auth/devices/00000000-0000-4000-8000-000000000000'],
    ] as const) {
      const body = method === 'POST' ? {} : undefined;
      const call = { method, body, cookie: session, headers: { origin: 'https://evil.example' } };
      expect([path, (await client.call(path, call)).status]).toEqual([path, 403]);
    }
  });

  it.each<[string, unknown]>([
    ['full-width digits', '１２３４５６'],
    ['Arabic digits', '١٢٣٤٥٦'],
    ['null', null],
    ['a number', 123456],
    ['a list', ['123456']],
    ['an object', { length: 6 }],
    ['too few digits', '12345'],
    ['a line break', '123456\n'],
    ['a megabyte', '1'.repeat(90_000)],
    ['nothing', undefined],
  ])('a malformed code is a bad request: %s', async (_, code) => {
    const user = await enrolled(host);
    const mfaToken = await ticketFor(host, user.email);
    const { body: begun } = await client.post(
      '/auth/totp',
      {},
      { token: (await signIn(host, user)).body.accessToken },
    );
    for (const [path, body] of [
      ['/auth/login/mfa', { mfaToken, code }],
      ['/auth/step-up', { code }],
      [`/auth/totp/${begun.id}/confirm`, { code }],
      ['/auth/login/mfa', { mfaToken, recoveryCode: code === undefined ? undefined : [code] }],
      ['/auth/login/mfa', { mfaToken: [mfaToken], code: '123456' }],
      ['/auth/login/mfa', { mfaToken, code: '123456', recoveryCode: 'x' }],
    ] as const) {
      const answer = await client.post(path, body, path.includes('login') ? {} : { token: user.token });
      expect([path, answer.status]).toEqual([path, 400]);
    }
  });

  it.each(['', 'x', `lk_${'A'.repeat(65)}`, `lk_${'é'.repeat(65)}`, '\0'])(
    'refuses the ticket %j',
    async (mfaToken) => {
      const answer = await mfaLogin({ mfaToken, code: '123456' });
      expect(answer).toMatchObject({ status: 400, body: { error: TICKET } });
    },
  );

  it('waits for the confirmation of an authenticator app for 15 minutes, by its owner', async () => {
    const [user, other] = [await register(host), await register(host)];
    const { body } = await client.post('/auth/totp', {}, { token: user.token });
    const confirm = (token: string, id = body.id) =>
      client.post(`/auth/totp/${id}/confirm`, { code: codeFor(body.secret) }, { token });
    expect((await confirm(other.token)).status).toBe(404);
    expect((await confirm(user.token, 'nothing')).status).toBe(404);
    await host.database.query(
      `UPDATE auth_factors SET created_at = now() - interval '16 minutes' WHERE id = $1`,
      [body.id],
    );
    expect((await confirm(user.token)).status).toBe(404);
  });

  it('of 20 parallel confirmations of the first factor, one returns recovery codes', async () => {
    const { token } = await register(host);
    const { body } = await client.post('/auth/totp', {}, { token });
    const code = codeFor(body.secret);
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => client.post(`/auth/totp/${body.id}/confirm`, { code }, { token })),
    );
    expect(answers.filter(({ body: { recoveryCodes } }) => recoveryCodes)).toHaveLength(1);
    expect(ok(answers)).toBe(1);
    expect(answers.every(({ status }) => status < 500)).toBe(true);
  });

  it('A208: a reset keeps the factors, and starts no session', async () => {
    const user = await enrolled(host);
    await client.post('/auth/password/forgot', { email: user.email });
    const token = await tokenFor(host, user.email, 'reset-password');
    const reset = await client.post('/auth/password/reset', { token, newPassword: OTHER });
    expect(reset.status).toBe(204);
    const login = await client.post('/auth/login', { email: user.email, password: OTHER });
    expect(login.body.error).toBe('MFA_REQUIRED');
  });

  it('removes what it knows of factors with the account', async () => {
    const { AccountAdmin } = await import('../../src/index.js');
    const user = await enrolled(host);
    await host.app.get(AccountAdmin).remove(user.id);
    expect(await host.database.query('SELECT 1 FROM auth_factors WHERE user_id = $1', [user.id])).toEqual([]);
  });
});

describe('A285: without the option mfa', () => {
  it.each(['forRoot', 'forRootAsync'] as const)('there are none of its routes: %s', async (style) => {
    const host = await startHost({ style });
    try {
      const { token } = await register(host);
      for (const [method, path] of [
        ['GET', '/auth/factors'],
        ['POST', '/auth/totp'],
        ['POST', '/auth/totp/x/confirm'],
        ['POST', '/auth/recovery-codes'],
        ['DELETE', '/auth/factors/x'],
        ['POST', '/auth/login/mfa'],
        ['GET', '/auth/devices'],
        ['DELETE', '/auth/devices/x'],
      ] as const) {
        const body = method === 'POST' ? {} : undefined;
        expect([path, (await host.client.call(path, { method, body, token })).status]).toEqual([path, 404]);
      }
      const stepUp = await host.client.post('/auth/step-up', { code: '123456' }, { token });
      expect(stepUp).toMatchObject({ status: 400, body: { error: 'VALIDATION_FAILED' } });
    } finally {
      await host.close();
    }
  });
});
