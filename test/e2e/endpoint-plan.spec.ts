import { VersioningType } from '@nestjs/common';
import { AuthModule, type AuthModuleOptions, type AuthModuleParts } from '../../src/index.js';
import { cookieHeader, newEmail, PASSWORD } from '../support/client.js';
import { type AdapterName, type Host, type HostSettings, startHost } from '../support/host-app.js';

const VARIANTS = [
  ['express', 'forRoot'],
  ['fastify', 'forRootAsync'],
] as const satisfies readonly [AdapterName, HostSettings['style']][];

const FORM = {
  method: 'POST',
  raw: 'token=x',
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
};

describe.each(VARIANTS)('another path on %s with %s', (adapter, style) => {
  let host: Host;
  beforeAll(async () => {
    host = await startHost({
      adapter,
      style,
      options: { forwardAuth: true },
      parts: { path: '/customers/auth/' },
      prepare: (app) => {
        app.setGlobalPrefix('api');
        app.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' });
      },
    });
  });
  afterAll(() => host.close());

  it('moves every route, with its cookies and its guards', async () => {
    const account = { email: newEmail(), password: PASSWORD };
    const at = (path: string) => `/api/customers/auth/${path}`;
    const cookies = { headers: { 'X-Auth-Transport': 'cookie' } };
    expect((await host.client.post('/api/auth/register', account)).status).toBe(404);
    expect((await host.client.post(at('register'), account)).status).toBe(201);
    const login = await host.client.post(at('login'), account, cookies);
    expect(login.cookies.refresh!.attributes).toContain('path=/');
    const cookie = cookieHeader(login);
    const foreign = { cookie, headers: { Origin: 'https://evil.example' } };
    expect((await host.client.post(at('refresh'), {}, foreign)).body.error).toBe('CSRF_REJECTED');
    expect((await host.client.post(at('refresh'), {}, { cookie })).status).toBe(200);
    for (const path of ['me', 'sessions', 'events']) {
      expect((await host.client.get(at(path), { cookie })).status).toBe(200);
      expect((await host.client.get(at(path))).headers.get('www-authenticate')).toMatch(/^Bearer/);
    }
    expect((await host.client.get(at('forward'), { cookie })).status).toBe(204);
    expect((await host.client.post(at('password'), {}, { cookie })).body.error).toBe('VALIDATION_FAILED');
    const { cookies: cleared } = await host.client.post(at('logout'), {}, { cookie });
    expect(cleared.refresh!.value).toBe('');
    expect((await host.client.get('/api/.well-known/jwks.json')).status).toBe(200);
  });
});

describe.each(VARIANTS)('paths of all endpoints on %s with %s', (adapter, style) => {
  let host: Host;
  beforeAll(async () => {
    host = await startHost({
      adapter,
      style,
      parts: {
        path: { oauth: 'staff/oauth', wellKnown: 'staff/.well-known' },
        routes: { revokeToken: false },
      },
    });
  });
  afterAll(() => host.close());

  const form = (path: string) => host.client.call(path, FORM);

  it('moves what is named, and the metadata names the routes that exist where they are', async () => {
    const metadata = await host.client.get('/staff/.well-known/oauth-authorization-server');
    expect(metadata.status).toBe(200);
    expect(metadata.body).toMatchObject({
      jwks_uri: `${host.client.url}/staff/.well-known/jwks.json`,
      introspection_endpoint: `${host.client.url}/staff/oauth/introspect`,
    });
    expect(metadata.body).not.toHaveProperty('revocation_endpoint');
    expect(metadata.body).not.toHaveProperty('revocation_endpoint_auth_methods_supported');
    expect((await host.client.get(new URL(metadata.body.jwks_uri).pathname)).status).toBe(200);
    expect((await form('/staff/oauth/introspect')).status).toBe(401);
    expect((await form('/staff/oauth/revoke')).status).toBe(404);
    expect((await host.client.get('/.well-known/jwks.json')).status).toBe(404);
    expect((await host.client.post('/auth/login', {})).status).toBe(400);
  });
});

describe.each(VARIANTS)('routes that are off on %s with %s', (adapter, style) => {
  let host: Host;
  beforeAll(async () => {
    host = await startHost({
      adapter,
      style,
      parts: {
        routes: {
          listSessions: false,
          listEvents: false,
          getJwks: false,
          introspectToken: false,
          login: true,
        },
      },
    });
  });
  afterAll(() => host.close());

  const form = (path: string) => host.client.call(path, FORM);

  it('do not exist, and the others do', async () => {
    const { body } = await host.client.post('/auth/register', { email: newEmail(), password: PASSWORD });
    const token = body.accessToken as string;
    expect((await host.client.get('/auth/sessions', { token })).status).toBe(404);
    expect((await host.client.get('/auth/events', { token })).status).toBe(404);
    expect((await host.client.call('/auth/sessions', { method: 'DELETE', token })).status).toBe(204);
    expect((await form('/oauth/introspect')).status).toBe(404);
    expect((await form('/oauth/revoke')).status).toBe(401);
    const { body: metadata } = await host.client.get('/.well-known/oauth-authorization-server');
    expect(Object.keys(metadata)).toEqual(expect.arrayContaining(['issuer', 'revocation_endpoint']));
    expect(metadata).not.toHaveProperty('jwks_uri');
    expect(metadata).not.toHaveProperty('introspection_endpoint');
    const { body: resource } = await host.client.get('/.well-known/oauth-protected-resource');
    expect(resource).not.toHaveProperty('jwks_uri');
  });
});

describe('paths and routes that cannot be used', () => {
  const options = {
    jwt: { accessSecret: 'a'.repeat(32), refreshSecret: 'b'.repeat(32) },
  } as AuthModuleOptions;
  const INVALID = 'AuthModule cannot start with these options';
  const start = (parts: unknown) => {
    const call = parts as AuthModuleParts;
    expect(() => AuthModule.forRootAsync({ ...call, useFactory: () => options })).toThrow(INVALID);
    return () => AuthModule.forRoot({ ...options, ...call });
  };

  it.each([
    ['identity', /path must end with 'auth', such as 'customers\/auth', because latchkey\/client/],
    ['', /path must consist of segments/],
    ['/', /path must consist of segments/],
    ['a//auth', /an empty segment is none/],
    ['../auth', /'\.\.' is none/],
    [':tenant/auth', /':tenant' is none/],
    ['*/auth', /'\*' is none/],
    ['{a}/auth', /'\{a\}' is none/],
    ['my app/auth', /'my app' is none/],
    ['büro/auth', /'büro' is none/],
    ['https://a.example/auth', /'https:' is none/],
    ['a%2f/auth', /is none/],
    [7, /path must be a path such as 'customers\/auth', or an object/],
    [{ wellKnown: 'staff' }, /path\.wellKnown must end with '\.well-known'/],
    [{ oauht: 'x' }, /path\.oauht is unknown: did you mean path\.oauth\?/],
  ])('path: %j', (path, message) => {
    expect(start({ path })).toThrow(message);
  });

  it.each([
    [{ listSession: false }, /routes\.listSession is unknown: did you mean routes\.listSessions\?/],
    [{ login: 'no' }, /routes\.login must be true or false/],
    [false, /routes must be an object/],
  ])('routes: %j', (routes, message) => {
    expect(start({ routes })).toThrow(message);
  });
});
