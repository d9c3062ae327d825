import {
  createLatchkeyClient,
  type LatchkeyClient,
  LatchkeyError,
} from '../../src/client/latchkey-client.js';

const USER = {
  id: 'u1',
  email: 'ada@example.com',
  name: null,
  roles: [],
  permissions: [],
  createdAt: '2026-11-28T00:00:00.000Z',
};
const CREDENTIALS = { email: USER.email, password: 'a long sentence of mine' };

/** A client of a service that answers everything like this. */
function clientOf(status: number, body?: unknown, transport: 'body' | 'cookie' = 'body') {
  const ended: string[] = [];
  const client = createLatchkeyClient({
    baseUrl: `https://${crypto.randomUUID()}.example.com`,
    transport,
    onSignedOut: (code) => ended.push(code),
    fetch: async () => new Response(body === undefined ? null : JSON.stringify(body), { status }),
  });
  return { client, ended };
}

const SIGNED_IN = { accessToken: 'a', refreshToken: 'r', expiresIn: 900, user: USER };

describe('login and register', () => {
  it.each([
    ['login', 200],
    ['register', 201],
  ] as const)('%s says that the user is signed in, and who it is', async (call, status) => {
    const { client } = clientOf(status, SIGNED_IN);
    expect(await client[call](CREDENTIALS)).toEqual({ outcome: 'signed-in', ...USER });
    expect(await client.getUser()).toEqual(USER);
    client.close();
  });

  it.each([
    ['an empty 202', 202, undefined],
    ['an empty 200', 200, undefined],
    ['tokens without a user', 200, { ...SIGNED_IN, user: undefined }],
    ['something else', 200, ['something', 'else']],
    ['a number', 200, 5],
    ['an unknown outcome', 200, { ...SIGNED_IN, outcome: 'second-factor' }],
    ['an unknown outcome, without tokens', 200, { outcome: 'second-factor', user: USER, expiresIn: 900 }],
    ['an outcome that is no text', 200, { ...SIGNED_IN, outcome: 0 }],
    ['a user that is a text', 200, { ...SIGNED_IN, user: 'abc' }],
    ['a user that is a list', 200, { ...SIGNED_IN, user: [USER] }],
    ['a user without an id', 200, { ...SIGNED_IN, user: { email: USER.email } }],
    ['a user whose id is a number', 200, { ...SIGNED_IN, user: { ...USER, id: 1 } }],
    ['a user without tokens', 200, { user: USER, expiresIn: 900 }],
    ['a user with an access token alone', 200, { ...SIGNED_IN, refreshToken: undefined }],
    ['a user with a refresh token alone', 200, { ...SIGNED_IN, accessToken: null }],
    ['tokens that are no text', 200, { ...SIGNED_IN, accessToken: 1, refreshToken: {} }],
  ])('fail when the answer is %s, and start no session', async (_, status, body) => {
    const { client, ended } = clientOf(status, body);
    for (const call of ['login', 'register'] as const) {
      if (call === 'register' && status === 202) continue;
      const failure = await client[call](CREDENTIALS).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(LatchkeyError);
      const message = `The service sent an unexpected response (${status}).`;
      expect(failure).toMatchObject({ code: 'UNKNOWN', status, message });
    }
    expect(await client.getUser()).toBeNull();
    expect(await client.refresh()).toBe(false);
    expect(ended).toEqual([]);
    client.close();
  });

  it.each(['body', 'cookie'] as const)(
    'a registration whose address must be proven first says so, and changes nothing (%s)',
    async (transport) => {
      const begun: string[] = [];
      const client = createLatchkeyClient({
        baseUrl: `https://${crypto.randomUUID()}.example.com`,
        transport,
        fetch: async (url) =>
          new Response(null, { status: String(url).endsWith('auth/register') ? 202 : 401 }),
      });
      client.onSignedIn(() => begun.push('begun'));
      const before = client.getSnapshot();
      expect(await client.register(CREDENTIALS)).toEqual({ outcome: 'mail-sent' });
      expect(client.getSnapshot()).toBe(before);
      expect(begun).toEqual([]);
      await expect(client.confirmRegistration({ token: 'lk_x' })).rejects.toThrow(LatchkeyError);
      client.close();
    },
  );

  it('take an answer that says outright that the user is signed in', async () => {
    const { client } = clientOf(200, { ...SIGNED_IN, outcome: 'signed-in' });
    expect(await client.login(CREDENTIALS)).toEqual({ outcome: 'signed-in', ...USER });
    client.close();
  });

  it('need no tokens in the answer when those are in cookies', async () => {
    const client = createLatchkeyClient({
      baseUrl: `https://${crypto.randomUUID()}.example.com`,
      transport: 'cookie',
      fetch: async () => Response.json({ user: USER, expiresIn: 900 }),
    });
    expect(await client.login(CREDENTIALS)).toEqual({ outcome: 'signed-in', ...USER });
    client.close();
  });
});

const CALLS = {
  login: (client: LatchkeyClient) => client.login(CREDENTIALS),
  register: (client: LatchkeyClient) => client.register(CREDENTIALS),
  confirmRegistration: (client: LatchkeyClient) => client.confirmRegistration({ token: 'lk_x' }),
  loginWithFactor: (client: LatchkeyClient) => client.loginWithFactor({ mfaToken: 'lk_x', code: '123456' }),
  loginWithPasskey: (client: LatchkeyClient) => client.loginWithPasskey({ ticket: 't', response: {} }),
};

describe('an answer that asks for a second factor', () => {
  const required = { error: 'MFA_REQUIRED', message: 'A second factor is needed.', methods: ['totp'] };
  const enrolment = { error: 'MFA_ENROLMENT_REQUIRED', message: 'Add a second factor.' };

  it.each([
    ['body', { mfaToken: 'lk_m' }],
    ['cookie', {}],
  ] as const)('is an outcome of each call, in %s transport', async (transport, ticket) => {
    const { client, ended } = clientOf(401, { ...required, ...ticket }, transport);
    const enrolling = clientOf(401, { ...enrolment, ...ticket }, transport).client;
    for (const call of Object.values(CALLS)) {
      expect(await call(client)).toEqual({ outcome: 'mfa-required', methods: ['totp'], ...ticket });
      expect(await call(enrolling)).toEqual({ outcome: 'mfa-enrolment-required', ...ticket });
    }
    expect([client.getSnapshot().user, ended]).toEqual([undefined, []]);
    for (const each of [client, enrolling]) each.close();
  });

  it.each([
    ['no ticket, which is in no cookie', 401, required],
    ['no ticket to add one', 401, enrolment],
    ['a ticket that is no text', 401, { ...required, mfaToken: 1 }],
    ['an empty ticket', 401, { ...enrolment, mfaToken: '' }],
    ['no methods', 401, { ...required, methods: undefined, mfaToken: 'lk_m' }],
    ['another status', 403, { ...required, mfaToken: 'lk_m' }],
  ])('with %s is the error that it says', async (_, status, body) => {
    const { client } = clientOf(status, body);
    for (const call of Object.values(CALLS))
      await expect(call(client)).rejects.toMatchObject({ code: body.error, status, message: body.message });
    expect(await client.getUser()).toBeNull();
    client.close();
  });
});

describe('a refresh', () => {
  it('of a stored session without a refresh token ends, and asks nobody', async () => {
    let asked = 0;
    const stored = JSON.stringify({ version: 1, signedIn: true, refreshAt: 0, expiresAt: 0 });
    let looks = 0;
    const getItem = () => {
      if ((looks += 1) > 100) throw new Error('endless');
      return stored;
    };
    const client = createLatchkeyClient({
      baseUrl: `https://${crypto.randomUUID()}.example.com`,
      transport: 'body',
      storage: { getItem, setItem: () => undefined },
      fetch: async () => Response.json({ asked: (asked += 1) }),
    });
    expect(await client.refresh()).toBe(false);
    expect(await client.getAccessToken()).toBeUndefined();
    expect(asked).toBe(0);
    client.close();
  });
});
