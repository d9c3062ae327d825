import { AuthOptionsError } from '../../src/index.js';
import { ActionSecrets } from '../../src/actions/action-tokens.js';
import { MailSink } from '../../src/testing/index.js';
import { cookieHeader, newEmail, PASSWORD } from '../support/client.js';
import { type Host, startHost } from '../support/host-app.js';
import { mailsTo, RecordedMails } from '../support/recorded-mails.js';
import { codeFor, mfaOptions, rest } from '../support/second-factors.js';

let host: Host;
let client: Host['client'];
beforeAll(async () => {
  host = await startHost({
    parts: { accountMails: RecordedMails },
    options: { mfa: { ...mfaOptions(), policy: 'required' }, accounts: {} },
  });
  client = host.client;
});
afterAll(() => host?.close());

/** Somebody without a factor, at the point where one is required. */
async function stopped() {
  const email = newEmail();
  const registered = await client.post('/auth/register', { email, password: PASSWORD });
  expect(registered).toMatchObject({ status: 401, body: { error: 'MFA_ENROLMENT_REQUIRED' } });
  const login = await client.post('/auth/login', { email, password: PASSWORD });
  expect(login).toMatchObject({ status: 401, body: { error: 'MFA_ENROLMENT_REQUIRED' } });
  expect(login.body).not.toHaveProperty('accessToken');
  return { email, mfaToken: login.body.mfaToken as string };
}

/** The code in the newest mail, as the worker would make it. */
async function emailCodeFor(email: string): Promise<string> {
  const mail = (await mailsTo(host, email)).findLast(({ template }) => template === 'enrolment-code')!;
  return (await host.app.get(ActionSecrets).issue(mail.actionId!, 'code'))!;
}

it('A248: whoever has the password and the mailbox sets a factor up, and logs in with it', async () => {
  const { email, mfaToken } = await stopped();
  const emailCode = await emailCodeFor(email);
  expect(emailCode).toMatch(/^[2-9A-HJ-NP-Z]{8}$/);
  for (const { data } of await mailsTo(host, email)) expect(data).toMatchObject({ ip: expect.any(String) });
  const spelled = `${emailCode.slice(0, 4)}-${emailCode.slice(4)}`.toLowerCase();
  const begun = await client.post('/auth/totp', { mfaToken, emailCode: spelled });
  expect(begun.status).toBe(201);
  // The code was given, and need not be given again.
  const confirmed = await client.post(`/auth/totp/${begun.body.id}/confirm`, {
    mfaToken,
    code: codeFor(begun.body.secret),
  });
  expect(confirmed).toMatchObject({ status: 200, body: { recoveryCodes: expect.any(Array) } });
  expect((await client.post('/auth/totp', { mfaToken, emailCode })).body.error).toBe('ACTION_TOKEN_INVALID');
  const login = await client.post('/auth/login', { email, password: PASSWORD });
  expect(login.body.error).toBe('MFA_REQUIRED');
  const second = { mfaToken: login.body.mfaToken, code: codeFor(begun.body.secret, 1) };
  const signedIn = await client.post('/auth/login/mfa', second);
  expect(signedIn.status).toBe(200);
  // The last factor cannot be removed while one is required.
  const path = `/auth/factors/${begun.body.id}`;
  const removed = await client.call(path, { method: 'DELETE', token: signedIn.body.accessToken });
  expect(removed).toMatchObject({ status: 409, body: { error: 'LAST_SIGN_IN_METHOD' } });
  await rest(host, signedIn.body.user.id);
});

it('A248: with the password alone, nobody sets up a factor', async () => {
  const { email, mfaToken } = await stopped();
  const other = await stopped();
  for (const emailCode of [undefined, null, 'AAAAAAAA', await emailCodeFor(other.email), '\0'])
    expect((await client.post('/auth/totp', { mfaToken, emailCode })).body).toMatchObject({
      error: 'INVALID_CODE',
      details: [{ field: 'emailCode' }],
    });
  // Five tries, and the ticket is dead even for the right code.
  const late = await client.post('/auth/totp', { mfaToken, emailCode: await emailCodeFor(email) });
  expect(late.body.error).toBe('ACTION_TOKEN_INVALID');
});

it('A248: the ticket opens nothing but enrolment', async () => {
  const { email, mfaToken } = await stopped();
  const emailCode = await emailCodeFor(email);
  const login = await client.post('/auth/login/mfa', { mfaToken, code: '123456' });
  expect(login.body.error).toBe('ACTION_TOKEN_INVALID');
  for (const path of ['/auth/recovery-codes', '/auth/step-up'])
    expect((await client.post(path, { mfaToken, emailCode })).status).toBe(401);
  expect((await client.get('/auth/me', { token: mfaToken })).status).toBe(401);
});

it('the code expires after ten minutes', async () => {
  const { email, mfaToken } = await stopped();
  const emailCode = await emailCodeFor(email);
  await host.database.query(`UPDATE auth_actions SET expires_at = now() WHERE purpose = 'enrol-code'`);
  expect((await client.post('/auth/totp', { mfaToken, emailCode })).body.error).toBe('INVALID_CODE');
});

it('the database holds no mailed code', async () => {
  const { email } = await stopped();
  const emailCode = await emailCodeFor(email);
  for (const table of ['auth_actions', 'recorded_mails']) {
    const rows = await host.database.query(`SELECT t::text AS row FROM ${table} t`);
    expect(JSON.stringify(rows)).not.toContain(emailCode);
  }
});

it('works with cookies', async () => {
  const headers = { 'x-auth-transport': 'cookie' };
  const email = newEmail();
  await client.post('/auth/register', { email, password: PASSWORD });
  const login = await client.post('/auth/login', { email, password: PASSWORD }, { headers });
  expect(login.body).not.toHaveProperty('mfaToken');
  const cookie = cookieHeader(login);
  const emailCode = await emailCodeFor(email);
  const foreign = { cookie, headers: { origin: 'https://evil.example' } };
  expect((await client.post('/auth/totp', { emailCode }, foreign)).status).toBe(403);
  const begun = await client.post('/auth/totp', { emailCode }, { cookie });
  expect(begun.status).toBe(201);
  const code = codeFor(begun.body.secret);
  const confirmed = await client.post(`/auth/totp/${begun.body.id}/confirm`, { code }, { cookie });
  expect(confirmed).toMatchObject({ status: 200, cookies: { mfa: { value: '' } } });
});

it('a login that waits for its second step in the same browser does not keep a signed-in user from adding a factor', async () => {
  const { email, mfaToken } = await stopped();
  const first = await client.post('/auth/totp', { mfaToken, emailCode: await emailCodeFor(email) });
  const code = codeFor(first.body.secret);
  await client.post(`/auth/totp/${first.body.id}/confirm`, { mfaToken, code });
  const headers = { 'x-auth-transport': 'cookie' };
  const login = () => client.post('/auth/login', { email, password: PASSWORD }, { headers });
  const step = { code: codeFor(first.body.secret, 1) };
  const signedIn = await client.post('/auth/login/mfa', step, {
    headers,
    cookie: cookieHeader(await login()),
  });
  expect(signedIn.status).toBe(200);

  const waiting = await login();
  expect(waiting.body.error).toBe('MFA_REQUIRED');
  const { access, refresh } = signedIn.cookies;
  const cookie = cookieHeader({
    ...waiting,
    cookies: { access: access!, refresh: refresh!, mfa: waiting.cookies.mfa! },
  });
  expect((await client.post('/auth/totp', { name: 'Second' }, { cookie })).status).toBe(201);
  // Without the session, the ticket opens nothing but the second step.
  const alone = await client.post('/auth/totp', {}, { cookie: cookieHeader(waiting) });
  expect(alone.body.error).toBe('ACTION_TOKEN_INVALID');
});

it('asks only the roles of the policy', async () => {
  const parts = { accountMails: RecordedMails };
  const options = { mfa: { ...mfaOptions(), policy: { roles: ['admin'] } }, accounts: {} };
  const some = await startHost({ parts, options });
  try {
    const email = newEmail();
    const registered = await some.client.post('/auth/register', { email, password: PASSWORD });
    expect(registered.status).toBe(201);
    await some.database.query(`UPDATE users SET roles = '{admin}' WHERE email = $1`, [email]);
    const login = await some.client.post('/auth/login', { email, password: PASSWORD });
    expect(login.body.error).toBe('MFA_ENROLMENT_REQUIRED');
  } finally {
    await some.close();
  }
});

it('mails the code', async () => {
  const mails = new MailSink();
  const real = await startHost({
    options: {
      publicUrl: 'https://auth.example.com',
      mail: { from: 'no-reply@example.com', transport: mails },
      mfa: { ...mfaOptions(), policy: 'required' },
    },
  });
  try {
    const email = newEmail();
    const { body } = await real.client.post('/auth/register', { email, password: PASSWORD });
    const mail = await mails.next('enrolment-code', { to: email, within: 20_000 });
    const emailCode = /^[2-9A-HJ-NP-Z]{8}$/m.exec(mail.text)![0];
    expect((await real.client.post('/auth/totp', { mfaToken: body.mfaToken, emailCode })).status).toBe(201);
  } finally {
    await real.close();
  }
});

it('the start is refused without mail, and for options that are wrong', async () => {
  const start = (mfa: object) => startHost({ options: { mfa: mfa as never } });
  await expect(start({ ...mfaOptions(), policy: 'required' })).rejects.toThrow(
    /mfa\.policy needs the option mail/,
  );
  await expect(start({})).rejects.toThrow(AuthOptionsError);
  await expect(start({ encryptionSecrets: 'short' })).rejects.toThrow(/mfa\.encryptionSecrets/);
  await expect(start({ ...mfaOptions(), policy: 'sometimes' })).rejects.toThrow(/mfa\.policy must be/);
  await expect(start({ ...mfaOptions(), trustedDevices: { lifetime: '1s' } })).rejects.toThrow(
    /mfa\.trustedDevices\.lifetime must be from 3600s to 90d/,
  );
});
