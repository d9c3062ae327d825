import { SoftwareAuthenticator } from '../../src/testing/index.js';
import { newEmail, PASSWORD } from '../support/client.js';
import { type AdapterName, type Host, type HostSettings, startHost } from '../support/host-app.js';

const ROUTES = [
  ['POST', '/auth/passkeys/options'],
  ['POST', '/auth/passkeys'],
  ['PATCH', '/auth/passkeys/0b0f6f4c-7a6e-4b3f-8f7e-1f8f7b8c9d0e'],
  ['GET', '/auth/passkeys/signals'],
  ['POST', '/auth/login/passkey/options'],
  ['POST', '/auth/login/passkey'],
  ['POST', '/auth/login/mfa/options'],
  ['POST', '/auth/step-up/options'],
  ['GET', '/.well-known/webauthn'],
  ['GET', '/.well-known/passkey-endpoints'],
  ['GET', '/.well-known/change-password'],
] as const;

const send = (host: Host, method: string, path: string) =>
  host.client.call(path, { method, ...(method !== 'GET' && { body: {} }) });

it.each(['forRoot', 'forRootAsync'] as const)(
  'A285: without passkeys, %s has none of their routes',
  async (style) => {
    const host = await startHost({ style });
    for (const [method, path] of ROUTES) {
      const { status } = await send(host, method, path);
      expect([path, status]).toEqual([path, 404]);
    }
    await host.close();
  },
);

describe.each<[AdapterName, HostSettings['style']]>([
  ['express', 'forRoot'],
  ['fastify', 'forRootAsync'],
])('with passkeys and nothing else, on %s by %s', (adapter, style) => {
  let host: Host;
  const origins = [
    'https://app.example.com',
    'https://example.org',
    `android:apk-key-hash:${'A'.repeat(43)}`,
  ];
  beforeAll(async () => {
    const passkeys = { rpId: 'example.com', origins };
    host = await startHost({ adapter, style, options: { publicUrl: 'https://auth.example.com', passkeys } });
  });
  afterAll(() => host?.close());

  it('people add a passkey and log in with it, and still with their password', async () => {
    const account = { email: newEmail(), password: PASSWORD };
    const { accessToken: token } = (await host.client.post('/auth/register', account)).body;
    const authenticator = new SoftwareAuthenticator({ origin: origins[1]! });
    const { ticket, options } = (await host.client.post('/auth/passkeys/options', undefined, { token })).body;
    const response = authenticator.create(options);
    const added = await host.client.post('/auth/passkeys', { ticket, response }, { token });
    expect([added.status, Object.keys(added.body)]).toEqual([201, ['id', 'name']]);
    const login = (await host.client.post('/auth/login/passkey/options')).body;
    const body = { ticket: login.ticket, response: authenticator.get(login.options) };
    const done = await host.client.post('/auth/login/passkey', body, {
      headers: { 'x-auth-transport': 'cookie' },
    });
    expect([done.status, Object.keys(done.cookies)]).toEqual([
      200,
      expect.arrayContaining(['access', 'refresh']),
    ]);
    expect((await host.client.post('/auth/login', account)).status).toBe(200);
    const step = (await host.client.post('/auth/step-up/options', undefined, { token })).body;
    const passkey = { ticket: step.ticket, response: authenticator.get(step.options) };
    expect((await host.client.post('/auth/step-up', { passkey }, { token })).status).toBe(200);
    const factors = (await host.client.get('/auth/factors', { token })).body;
    expect(factors).toHaveLength(1);
  });

  it('browsers find the related origins and the account page', async () => {
    const related = await host.client.get('/.well-known/webauthn');
    expect([related.status, related.body]).toEqual([200, { origins: origins.slice(0, 2) }]);
    const page = 'https://auth.example.com/account';
    const endpoints = (await host.client.get('/.well-known/passkey-endpoints')).body;
    expect(endpoints).toEqual({ enroll: page, manage: page });
    const { status, headers } = await host.client.get('/.well-known/change-password');
    expect([status, headers.get('location')]).toEqual([302, page]);
  });
});

it.each<[string, object, string]>([
  [
    'without an origin of the domain',
    { rpId: 'example.com', origins: ['https://example.org'] },
    'has none of the origins',
  ],
  [
    'whose domain only ends alike',
    { rpId: 'ample.com', origins: ['https://example.com'] },
    'has none of the origins',
  ],
  ['of an address', { rpId: '127.0.0.1', origins: ['https://127.0.0.1'] }, 'must be a domain'],
  ['with a scheme', { rpId: 'https://example.com', origins: ['https://example.com'] }, 'must be a domain'],
  ['over http', { rpId: 'example.com', origins: ['http://example.com'] }, 'must be a list of exact origins'],
  [
    'with an origin in upper case',
    { rpId: 'example.com', origins: ['https://Example.com'] },
    'exact origins',
  ],
  ['with a slash', { rpId: 'example.com', origins: ['https://example.com/'] }, 'exact origins'],
  [
    'that require an attestation',
    { rpId: 'example.com', origins: ['https://example.com'], attestation: 'direct' },
    'does not check attestations',
  ],
])('passkeys %s are refused at startup', async (_, passkeys, message) => {
  const start = startHost({ options: { passkeys: passkeys as never } });
  await expect(start).rejects.toThrow(message);
});
