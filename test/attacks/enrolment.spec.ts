import { ActionSecrets } from '../../src/actions/action-tokens.js';
import { cookieHeader, newEmail, PASSWORD } from '../support/client.js';
import { type Host, startHost } from '../support/host-app.js';
import { mailsTo, RecordedMails } from '../support/recorded-mails.js';
import { codeFor, mfaOptions, rest } from '../support/second-factors.js';

const FOREIGN: Record<string, string>[] = [
  { origin: 'https://evil.example' },
  { 'sec-fetch-site': 'cross-site' },
];
const IN_COOKIES = { headers: { 'x-auth-transport': 'cookie' } };

let host: Host;
let client: Host['client'];
beforeAll(async () => {
  host = await startHost({
    parts: { accountMails: RecordedMails },
    options: { mfa: { ...mfaOptions(), policy: 'required' }, accounts: {}, passkeys: PASSKEYS },
  });
  client = host.client;
});
afterAll(() => host?.close());

const PASSKEYS = { rpId: 'example.com', origins: ['https://app.example.com'] };

/** Somebody who has to set up a factor, with the ticket for it. */
async function stopped(call = {}) {
  const email = newEmail();
  await client.post('/auth/register', { email, password: PASSWORD });
  const login = await client.post('/auth/login', { email, password: PASSWORD }, call);
  expect(login.body.error).toBe('MFA_ENROLMENT_REQUIRED');
  return { email, mfaToken: login.body.mfaToken as string, cookie: cookieHeader(login) };
}

async function emailCodeFor(email: string): Promise<string> {
  const mail = (await mailsTo(host, email)).findLast(({ template }) => template === 'enrolment-code')!;
  return (await host.app.get(ActionSecrets).issue(mail.actionId!, 'code'))!;
}

/** Somebody with an authenticator app, signed in by cookies. */
async function signedIn() {
  const { email, mfaToken } = await stopped();
  const begun = await client.post('/auth/totp', { mfaToken, emailCode: await emailCodeFor(email) });
  const { id, secret } = begun.body;
  const confirmed = await client.post(`/auth/totp/${id}/confirm`, { mfaToken, code: codeFor(secret) });
  expect(confirmed.status).toBe(200);
  const { body } = await client.post('/auth/login', { email, password: PASSWORD });
  const second = { mfaToken: body.mfaToken, code: codeFor(secret, 1) };
  const answer = await client.post('/auth/login/mfa', { ...second, trustDevice: true }, IN_COOKIES);
  expect(answer.status).toBe(200);
  await rest(host, answer.body.user.id);
  return { email, answer, cookie: cookieHeader(answer) };
}

const kinds = async (cookie: string) =>
  (await client.get('/auth/factors', { cookie })).body.map(({ kind }: { kind: string }) => kind);

describe('a browser with the session of one person and the ticket of another', () => {
  it('A247: adds the factor to the account that has come last, and not without the mailed code', async () => {
    const first = await signedIn();
    const next = await stopped(IN_COOKIES);
    const cookie = `${first.cookie}; ${next.cookie}`;
    for (const path of ['/auth/totp', '/auth/passkeys/options'])
      expect((await client.post(path, {}, { cookie })).body.error).toBe('INVALID_CODE');
    const emailCode = await emailCodeFor(next.email);
    const passkey = await client.post('/auth/passkeys/options', { emailCode }, { cookie });
    expect(passkey.body.options.user.name).toBe(next.email);
    const { id, secret } = (await client.post('/auth/totp', {}, { cookie })).body;
    const confirmed = await client.post(`/auth/totp/${id}/confirm`, { code: codeFor(secret) }, { cookie });
    expect(confirmed).toMatchObject({ status: 200, cookies: { mfa: { value: '' } } });
    expect(await kinds(first.cookie)).toEqual(['totp', 'recovery-codes']);
    const login = await client.post('/auth/login', { email: next.email, password: PASSWORD });
    expect(login.body.error).toBe('MFA_REQUIRED');
  });

  it('loses the ticket when somebody signs in', async () => {
    const { email, answer } = await signedIn();
    const { cookie } = await stopped(IN_COOKIES);
    const trusted = `${cookie}; trusted=${answer.cookies.trusted!.value}`;
    const credentials = { email, password: PASSWORD };
    const login = await client.post('/auth/login', credentials, { ...IN_COOKIES, cookie: trusted });
    expect(login).toMatchObject({ status: 200, cookies: { access: {}, mfa: { value: '' } } });
  });

  it('A282: lets no foreign page use either', async () => {
    const first = await signedIn();
    const next = await stopped(IN_COOKIES);
    const emailCode = await emailCodeFor(next.email);
    for (const cookie of [next.cookie, first.cookie, `${first.cookie}; ${next.cookie}`])
      for (const [path, body] of [
        ['/auth/totp', { emailCode }],
        ['/auth/totp/00000000-0000-4000-8000-000000000000/confirm', { emailCode, code: '123456' }],
        ['/auth/passkeys/options', { emailCode }],
        ['/auth/passkeys', { emailCode, ticket: 'x', response: {} }],
      ] as const)
        for (const headers of FOREIGN) {
          const { status, body: refused } = await client.post(path, body, { cookie, headers });
          expect([path, status, refused.error]).toEqual([path, 403, 'CSRF_REJECTED']);
        }
    // The code and the ticket are as good as before.
    expect((await client.post('/auth/totp', { emailCode }, { cookie: next.cookie })).status).toBe(201);
  });
});

it('A247: of any number of factors that are confirmed with tickets at once, one is added', async () => {
  const { email, mfaToken } = await stopped();
  const emailCode = await emailCodeFor(email);
  const pending = [];
  for (let i = 0; i < 4; i++)
    pending.push((await client.post('/auth/totp', { mfaToken, ...(i === 0 && { emailCode }) })).body);
  const answers = await Promise.all(
    pending.map(({ id, secret }) =>
      client.post(`/auth/totp/${id}/confirm`, { mfaToken, code: codeFor(secret) }),
    ),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 400, 400, 400]);
  const [{ count }] = await host.database.query(
    `SELECT count(*)::int FROM auth_factors
     WHERE kind = 'totp' AND confirmed_at IS NOT NULL AND user_id = (SELECT id::text FROM users WHERE email = $1)`,
    [email],
  );
  expect(count).toBe(1);
});
