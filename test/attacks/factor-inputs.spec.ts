import { cookieHeader, newEmail, PASSWORD } from '../support/client.js';
import { type AdapterName, type Host, startHost } from '../support/host-app.js';
import { RecordedMails } from '../support/recorded-mails.js';
import { enrolled, mfaOptions, register, signIn, ticketFor } from '../support/second-factors.js';

const DIGITS = ['', '12345', '1234567', '123456\n', '１２３４５６', '١٢٣٤٥٦'];
const TEXTS = [' ', '\0', '\ud800', '__proto__', '=', 'AA==', `lk_${'A'.repeat(65)}`, 'A'.repeat(90_000)];
const OBJECTS: unknown[] = [{}, { length: 6 }, { toString: 1 }, [], [null], [[]], ['123456']];
const PASSKEYS: unknown[] = [
  { ticket: null, response: null },
  { ticket: [], response: [] },
  [{ ticket: 'x', response: {} }],
  { ticket: 'x', response: { id: 'AA', rawId: 'AA', type: 'public-key', response: { clientDataJSON: 1 } } },
];
/** What has broken parsers of codes, base64url, CBOR and JSON elsewhere. */
const STRANGE: unknown[] = [null, 0, -1, 1e308, true, ...DIGITS, ...TEXTS, ...OBJECTS, ...PASSKEYS];
const IDS = ['x', '%00', '%ff', '%F0%9F%92%A5', '..%2f', '1'.repeat(2_000), "';--"];

describe.each<[AdapterName]>([['express'], ['fastify']])('strange input on %s', (adapter) => {
  let host: Host;
  let token: string;
  let mfaToken: string;
  let failures: unknown[];
  let statuses: Set<number>;
  beforeAll(async () => {
    host = await startHost({
      adapter,
      parts: { accountMails: RecordedMails },
      options: {
        mfa: mfaOptions(),
        accounts: {},
        passkeys: { rpId: 'example.com', origins: ['https://app.example.com'] },
      },
    });
    const user = await enrolled(host);
    token = (await signIn(host, user)).body.accessToken;
    mfaToken = await ticketFor(host, user.email);
  });
  afterAll(() => host?.close());
  beforeEach(() => {
    failures = [];
    statuses = new Set();
  });

  async function send(path: string, call: Parameters<Host['client']['call']>[1]): Promise<void> {
    const { status, body } = await host.client.call(path, { method: 'POST', ...call });
    statuses.add(status);
    const isAnswer = status < 500 && (status < 400 || typeof body.error === 'string');
    if (!isAnswer) failures.push([path, call, status, body]);
  }

  it.each<[string, string[]]>([
    ['/auth/totp', ['name', 'mfaToken', 'emailCode']],
    ['/auth/totp/00000000-0000-4000-8000-000000000000/confirm', ['code', 'mfaToken', 'emailCode']],
    ['/auth/recovery-codes', []],
    ['/auth/passkeys/options', ['mfaToken', 'emailCode']],
    ['/auth/passkeys', ['ticket', 'response', 'name', 'mfaToken']],
    ['/auth/login/passkey/options', []],
    ['/auth/login/passkey', ['ticket', 'response']],
    ['/auth/login/mfa', ['mfaToken', 'code', 'recoveryCode', 'passkey', 'trustDevice']],
    ['/auth/login/mfa/options', ['mfaToken']],
    ['/auth/step-up', ['password', 'code', 'recoveryCode', 'passkey']],
    ['/auth/step-up/options', []],
    ['/auth/factors/reset/cancel', ['token']],
  ])('%s answers as the contract says, whatever the body is', async (path, fields) => {
    const login = path.includes('/login/');
    const call = login ? {} : { token };
    const ticket = login && !path.includes('passkey') ? { mfaToken } : {};
    for (const strange of STRANGE) {
      await send(path, { ...call, raw: JSON.stringify(strange) });
      for (const field of fields) await send(path, { ...call, body: { ...ticket, [field]: strange } });
    }
    expect(failures).toEqual([]);
    expect([...statuses]).not.toEqual([404]);
  });

  it('neither do ids and cookies bring it down', async () => {
    for (const id of IDS) {
      await send(`/auth/factors/${id}`, { token, method: 'DELETE' });
      await send(`/auth/devices/${id}`, { token, method: 'DELETE' });
      await send(`/auth/passkeys/${id}`, { token, method: 'PATCH', body: { name: 'x' } });
      await send(`/auth/totp/${id}/confirm`, { token, body: { code: '123456' } });
    }
    for (const value of [
      '',
      '%00',
      '%',
      '"x"',
      'A'.repeat(3_000),
      `x.${'A'.repeat(43)}`,
      'x; mfa=y; trusted=z',
    ])
      for (const path of ['/auth/login/mfa', '/auth/login/mfa/options', '/auth/totp', '/auth/login']) {
        const cookie = `mfa=${value}; trusted=${value}`;
        await send(path, { cookie, body: { code: '123456', email: newEmail(), password: PASSWORD } });
      }
    expect(failures).toEqual([]);
  });

  it('and the next valid login is as good as ever', async () => {
    const { email } = await register(host);
    const headers = { 'x-auth-transport': 'cookie' };
    const answer = await host.client.post('/auth/login', { email, password: PASSWORD }, { headers });
    expect((await host.client.get('/auth/factors', { cookie: cookieHeader(answer) })).body).toEqual([]);
  });
});
