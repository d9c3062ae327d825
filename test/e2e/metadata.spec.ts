import { get } from 'node:http';
import type { AuthModuleOptions } from '../../src/index.js';
import { generatePem } from '../../src/keys/signing-key.js';
import { type AdapterName, type Host, startHost } from '../support/host-app.js';
import { createMigratedDatabase, type TestDatabase } from '../support/postgres.js';
import { type ServiceHere, startServiceHere } from '../support/service-here.js';
import { productionSettings } from '../support/service-process.js';

const DOCUMENTS = ['oauth-authorization-server', 'openid-configuration', 'oauth-protected-resource'];
const SERVER = '/.well-known/oauth-authorization-server';
const RESOURCE = '/.well-known/oauth-protected-resource';

/** `fetch` does not allow this header. */
const askFrom = (url: string, path: string, host: string) =>
  new Promise<{ body: Record<string, string>; cacheControl?: string }>((resolve, reject) => {
    get(new URL(path, url), { headers: { host, 'x-forwarded-host': 'evil.example' } }, (response) => {
      let text = '';
      response.on('data', (chunk) => (text += chunk));
      response.on('end', () =>
        resolve({ body: JSON.parse(text), cacheControl: response.headers['cache-control'] }),
      );
    }).on('error', reject);
  });

describe.each<AdapterName>(['express', 'fastify'])('the metadata, on %s', (adapter) => {
  let database: TestDatabase;
  let accessPrivateKey: string;
  const hosts: Host[] = [];
  beforeAll(async () => {
    database = await createMigratedDatabase();
    accessPrivateKey = await generatePem('ES256');
  });
  afterEach(async () => {
    await Promise.all(hosts.splice(0).map((host) => host.close()));
  });
  afterAll(() => database?.drop());

  const start = async (
    {
      publicUrl,
      mfa,
      passkeys,
      ...given
    }: { publicUrl?: string; issuer?: string; scope?: string } & Pick<AuthModuleOptions, 'mfa' | 'passkeys'>,
    prepare?: (app: Host['app']) => void,
  ) => {
    const jwt = { algorithm: 'ES256', accessPrivateKey, ...given } as AuthModuleOptions['jwt'];
    const host = await startHost({
      adapter,
      databaseUrl: database.url,
      options: { publicUrl, jwt, mfa, passkeys },
      prepare,
    });
    hosts.push(host);
    return host.client;
  };

  it('names every address under the public one, whatever the request says, and may be cached', async () => {
    const { url } = await start({ publicUrl: 'https://auth.example.com' });
    for (const document of DOCUMENTS) {
      const { body, cacheControl } = await askFrom(url, `/.well-known/${document}`, 'evil.example');
      expect(JSON.stringify(body)).not.toContain('evil');
      expect(body.jwks_uri).toBe('https://auth.example.com/.well-known/jwks.json');
      expect(cacheControl).toBe('public, max-age=300');
    }
  });

  it('describes the authorization server (RFC 8414) in the same way at both places', async () => {
    const client = await start({ publicUrl: 'https://auth.example.com' });
    const { body } = await client.get(SERVER);
    const methods = ['client_secret_basic', 'client_secret_post'];
    expect(body).toEqual({
      issuer: 'https://auth.example.com',
      jwks_uri: 'https://auth.example.com/.well-known/jwks.json',
      introspection_endpoint: 'https://auth.example.com/oauth/introspect',
      introspection_endpoint_auth_methods_supported: methods,
      revocation_endpoint: 'https://auth.example.com/oauth/revoke',
      revocation_endpoint_auth_methods_supported: methods,
      acr_values_supported: ['pwd'],
    });
    expect((await client.get('/.well-known/openid-configuration')).body).toEqual(body);
  });

  const mfa = { encryptionSecrets: 'Zq3f8hLk2Wm7Rt5Yv1Xc6Bn0Pd4Sg-uE5oJa8Ti3Qy7Ml2Kz9Hb4' };
  const passkeys = { rpId: 'example.com', origins: ['https://app.example.com'] };
  it.each<[string, Pick<AuthModuleOptions, 'mfa' | 'passkeys'>, string[]]>([
    ['authenticator apps', { mfa }, ['pwd', 'mfa']],
    ['passkeys', { passkeys }, ['pwd', 'phr']],
    ['both', { mfa, passkeys }, ['pwd', 'mfa', 'phr']],
    ['passkeys with recovery codes', { mfa: { ...mfa, totp: false }, passkeys }, ['pwd', 'mfa', 'phr']],
    ['neither, although the option is there', { mfa: { ...mfa, totp: false } }, ['pwd']],
  ])('names the values of acr that can be earned with %s (RFC 9470)', async (_, given, expected) => {
    const client = await start({ publicUrl: 'https://auth.example.com', ...given });
    expect((await client.get(SERVER)).body.acr_values_supported).toEqual(expected);
  });

  it('describes the service as a resource (RFC 9728)', async () => {
    const client = await start({ publicUrl: 'https://auth.example.com' });
    expect((await client.get(RESOURCE)).body).toEqual({
      resource: 'https://auth.example.com',
      authorization_servers: ['https://auth.example.com'],
      jwks_uri: 'https://auth.example.com/.well-known/jwks.json',
      bearer_methods_supported: ['header'],
    });
  });

  it('names the scopes of the tokens where there are any', async () => {
    const client = await start({ publicUrl: 'https://auth.example.com', scope: 'orders:read orders:write' });
    for (const document of DOCUMENTS) {
      const { body } = await client.get(`/.well-known/${document}`);
      expect(body.scopes_supported).toEqual(['orders:read', 'orders:write']);
    }
  });

  it('tells apart an issuer from the address of the service', async () => {
    const client = await start({ publicUrl: 'https://auth.example.com', issuer: 'https://id.example.com' });
    expect((await client.get(SERVER)).body).toMatchObject({
      issuer: 'https://id.example.com',
      jwks_uri: 'https://auth.example.com/.well-known/jwks.json',
    });
    expect((await client.get(RESOURCE)).body).toMatchObject({
      resource: 'https://auth.example.com',
      authorization_servers: ['https://id.example.com'],
    });
  });

  it('contains no empty list and names no issuer that cannot be looked up', async () => {
    const client = await start({});
    for (const document of DOCUMENTS)
      expect(Object.values((await client.get(`/.well-known/${document}`)).body)).not.toContainEqual([]);
    expect((await client.get(RESOURCE)).body).not.toHaveProperty('authorization_servers');
  });

  it.each([
    ['auth.example.com', 'https://auth.example.com'],
    ['auth.example.com:8443', 'https://auth.example.com:8443'],
    ['localhost:3000', 'http://localhost:3000'],
    ['LOCALHOST', 'http://LOCALHOST'],
    ['127.0.0.1', 'http://127.0.0.1'],
    ['[::1]:3000', 'http://[::1]:3000'],
    ['localhost.example.com', 'https://localhost.example.com'],
    ['127.0.0.1.example.com', 'https://127.0.0.1.example.com'],
    ['bad host"', 'http://localhost'],
  ])('without a public address follows the host %s over %s, and no cache stores it', async (name, base) => {
    const { url } = await start({});
    for (const document of DOCUMENTS) {
      const { body, cacheControl } = await askFrom(url, `/.well-known/${document}`, name);
      expect([body.jwks_uri, cacheControl]).toEqual([`${base}/.well-known/jwks.json`, 'no-store']);
    }
  });

  it('names addresses that exist when the host has a global prefix', async () => {
    const client = await start({}, (app) => app.setGlobalPrefix('api/v1'));
    for (const document of DOCUMENTS) {
      const { body } = await client.get(`/api/v1/.well-known/${document}`);
      expect(new URL(body.jwks_uri).pathname).toBe('/api/v1/.well-known/jwks.json');
      expect((await fetch(body.jwks_uri)).status).toBe(200);
    }
  });

  it.each([
    ['https://auth.example.com/tenant', '/tenant'],
    ['https://auth.example.com/tenant/', '/tenant'],
    ['https://auth.example.com/realms/a.b~c', '/realms/a.b~c'],
    ['https://auth.example.com/a/b/c/d', '/a/b/c/d'],
  ])('of the issuer %s also stands behind its path, and behind no other', async (issuer, path) => {
    const client = await start({ issuer });
    for (const document of DOCUMENTS) {
      const { body, status } = await client.get(`/.well-known/${document}${path}`);
      expect([status, body]).toEqual([200, (await client.get(`/.well-known/${document}`)).body]);
      for (const other of ['/other', `${path}/x`, `${path}x`, '/tenan', '/%74enant', '/tenant/..%2f'])
        expect([other, (await client.get(`/.well-known/${document}${other}`)).status]).toEqual([other, 404]);
    }
  });

  it.each(DOCUMENTS)('%s of an issuer without a path has none behind it', async (document) => {
    const client = await start({ publicUrl: 'https://auth.example.com' });
    const { status, body } = await client.get(`/.well-known/${document}/tenant`);
    expect([status, body.error]).toEqual([404, 'NOT_FOUND']);
  });

  it.each(['jwks.json', ...DOCUMENTS])('%s may be read by pages of every origin', async (document) => {
    const client = await start({ publicUrl: 'https://auth.example.com' }, (app) =>
      app.enableCors({ origin: ['https://app.example.com'], credentials: true }),
    );
    const path = `/.well-known/${document}`;
    const first = await client.get(path);
    for (const origin of ['https://app.example.com', 'https://other.example.com']) {
      const answers = [
        await client.get(path, { headers: { origin } }),
        await client.call(path, { method: 'HEAD', headers: { origin } }),
        await client.get(path, { headers: { origin, 'if-none-match': first.headers.get('etag')! } }),
      ];
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 304]);
      for (const { headers } of answers) {
        expect(headers.get('access-control-allow-origin')).toBe('*');
        expect(headers.get('access-control-allow-credentials')).toBeNull();
      }
    }
    const other = await client.post('/oauth/introspect', undefined, {
      headers: { origin: 'https://other.example.com' },
    });
    expect(other.headers.get('access-control-allow-origin')).not.toBe('*');
  });
});

describe.each([
  ['no trusted origins', {}],
  ['trusted origins', { CORS_ORIGINS: 'https://app.example.com' }],
])('keys and metadata of the service with %s', (_, settings: Record<string, string>) => {
  let database: TestDatabase;
  let service: ServiceHere;
  beforeAll(async () => {
    database = await createMigratedDatabase();
    service = await startServiceHere({
      ...productionSettings(database.url),
      PUBLIC_URL: 'https://auth.example.com/tenant',
      ...settings,
    });
  });
  afterAll(async () => {
    await service?.end();
    await database?.drop();
  });
  const ORIGINS = ['https://app.example.com', 'https://other.example.com'];
  const paths = ['jwks.json', ...DOCUMENTS, ...DOCUMENTS.map((name) => `${name}/tenant`)];

  it.each(paths)('%s may be read by pages of every origin, without cookies', async (document) => {
    for (const origin of ORIGINS) {
      const { status, headers } = await service.client.get(`/.well-known/${document}`, {
        headers: { origin },
      });
      expect([status, headers.get('access-control-allow-origin')]).toEqual([200, '*']);
      expect(headers.get('access-control-allow-credentials')).toBeNull();
    }
  });

  it.each(paths)('%s has a preflight that lets every origin ask with any header', async (document) => {
    for (const origin of ORIGINS) {
      const { status, headers } = await service.client.call(`/.well-known/${document}`, {
        method: 'OPTIONS',
        headers: {
          origin,
          'access-control-request-method': 'GET',
          'access-control-request-headers': 'if-none-match',
        },
      });
      expect([status, headers.get('access-control-allow-origin')]).toEqual([204, '*']);
      expect(headers.get('access-control-allow-headers')).toBe('*');
      expect(headers.get('access-control-allow-credentials')).toBeNull();
    }
  });

  it.each([
    '/auth/me',
    '/oauth/introspect',
    '/health/live',
    '/.well-known/jwks.jsonx',
    '/.well-known/nothing',
    '/.well-known/oauth-authorization-server-x',
    '/auth/me?/.well-known/jwks.json',
  ])('%s is not for every origin', async (path) => {
    for (const method of ['GET', 'OPTIONS']) {
      const { headers } = await service.client.call(path, {
        method,
        headers: { origin: 'https://other.example.com', 'access-control-request-method': 'GET' },
      });
      expect(headers.get('access-control-allow-origin')).toBeNull();
    }
  });
});
