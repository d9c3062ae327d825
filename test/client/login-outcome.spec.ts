import { createLatchkeyClient, LatchkeyError } from '../../src/client/latchkey-client.js';

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
function clientOf(status: number, body?: unknown) {
  const ended: string[] = [];
  const client = createLatchkeyClient({
    baseUrl: `https://${crypto.randomUUID()}.example.com`,
    transport: 'body',
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
  ])('fail when the answer is %s, and start no session', async (_, status, body) => {
    const { client, ended } = clientOf(status, body);
    for (const call of ['login', 'register'] as const) {
      const failure = await client[call](CREDENTIALS).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(LatchkeyError);
      expect(failure).toMatchObject({ code: 'UNKNOWN', status, message: expect.stringMatching(/\w+\.$/) });
    }
    expect(await client.getUser()).toBeNull();
    expect(await client.refresh()).toBe(false);
    expect(ended).toEqual([]);
    client.close();
  });

  it('fail with the error of the service, such as one that asks for a second factor', async () => {
    const { client } = clientOf(401, { error: 'MFA_REQUIRED', message: 'Enter a code.', mfaToken: 'm' });
    await expect(client.login(CREDENTIALS)).rejects.toMatchObject({ code: 'MFA_REQUIRED', status: 401 });
    client.close();
  });
});
