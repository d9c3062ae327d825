import { Injectable } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import {
  AccessJwtStrategy,
  type AccessTokenPayload,
  type AuthUser,
  JwtAuthGuard,
  type RevocationList,
  UnavailableError,
} from '../../src/index.js';
import { newEmail, PASSWORD } from '../support/client.js';
import { exactHttp } from '../support/exact-http.js';
import { type AdapterName, type Host, type HostSettings, startHost } from '../support/host-app.js';
import { createMigratedDatabase, type TestDatabase } from '../support/postgres.js';
import { type ServiceHere, startServiceHere } from '../support/service-here.js';
import { productionSettings } from '../support/service-process.js';

type Headers = Record<string, string>;

const APP = 'https://app.example.com';
const EVIL = 'https://evil.example';

const running: Host[] = [];
afterEach(() => Promise.all(running.splice(0).map((host) => host.close())));
const start = async (settings: HostSettings) => {
  const host = await startHost(settings);
  running.push(host);
  return host;
};
const ask = (host: Host, headers: Headers = {}, method = 'GET') =>
  exactHttp(`${host.client.url}/auth/forward`, { method, headers });

interface Session {
  id: string;
  access: string;
  refresh: string;
  cookie: string;
}

const login = async ({ client }: Host): Promise<Session> => {
  const account = { email: newEmail(), password: PASSWORD };
  const { body, cookies } = await client.post('/auth/register', account, {
    headers: { 'x-auth-transport': 'cookie' },
  });
  const [access, refresh] = [cookies.access!.value, cookies.refresh!.value];
  return { id: body.user.id, access, refresh, cookie: `access=${access}; refresh=${refresh}` };
};
const sidOf = (token: string): string =>
  JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()).sid;

/** A refusal with the usual body, and without any cookie. */
const refusal = (status: number, error: string) => ({
  status,
  setCookies: [],
  headers: expect.objectContaining({ 'cache-control': 'no-store' }),
  body: { statusCode: status, error, message: expect.any(String), requestId: expect.any(String) },
});

describe.each<AdapterName>(['express', 'fastify'])('forward auth on %s', (adapter) => {
  let host: Host;
  let ada: Session;
  beforeAll(async () => {
    host = await startHost({
      adapter,
      options: {
        forwardAuth: true,
        cookies: { secure: false, silentRefresh: true },
        csrf: { trustedOrigins: [APP] },
      },
    });
    ada = await login(host);
    await host.database.query(`UPDATE users SET roles = '{admin,a b}' WHERE id = $1`, [ada.id]);
    const { body } = await host.client.post('/auth/refresh', { refreshToken: ada.refresh });
    ada = {
      ...ada,
      access: body.accessToken,
      refresh: body.refreshToken,
      cookie: `access=${body.accessToken}; refresh=${body.refreshToken}`,
    };
  });
  afterAll(() => host.close());

  it.each(['GET', 'HEAD'])(
    '%s names the user, the session and the roles of a valid token',
    async (method) => {
      for (const headers of [
        { authorization: `Bearer ${ada.access}` },
        { cookie: ada.cookie },
      ] as Headers[]) {
        expect(await ask(host, headers, method)).toMatchObject({
          status: 204,
          body: '',
          setCookies: [],
          headers: {
            'x-auth-user': ada.id,
            'x-auth-session': sidOf(ada.access),
            'x-auth-roles': 'admin,a%20b',
            'cache-control': 'no-store',
          },
        });
      }
    },
  );

  it('sends the roles header even if it is empty, so that a client cannot choose it', async () => {
    const { cookie } = await login(host);
    const { headers } = await ask(host, { cookie, 'x-auth-roles': 'admin', 'x-auth-user': 'root' });
    expect(headers['x-auth-roles']).toBe('');
    expect(headers['x-auth-user']).not.toBe('root');
  });

  it('answers conditions and encodings of the original request as if they were not there', async () => {
    const headers = {
      cookie: ada.cookie,
      'if-none-match': '*',
      'content-encoding': 'gzip',
      range: 'bytes=0-1',
    };
    expect(await ask(host, headers)).toMatchObject({ status: 204 });
  });

  it('without a token it is 401, with a challenge', async () => {
    const answer = await ask(host);
    expect(answer).toMatchObject(refusal(401, 'TOKEN_MISSING'));
    expect(answer.headers['www-authenticate']).toBe('Bearer realm="latchkey"');
  });

  it.each([
    ['a token that is no token', () => ({ authorization: 'Bearer junk' }), 'INVALID_TOKEN'],
    ['a refresh token', () => ({ authorization: `Bearer ${ada.refresh}` }), 'INVALID_TOKEN'],
    ['a refresh token in the access cookie', () => ({ cookie: `access=${ada.refresh}` }), 'INVALID_TOKEN'],
    ['two access cookies', () => ({ cookie: `access=${ada.access}; ${ada.cookie}` }), 'INVALID_TOKEN'],
    [
      'a bad bearer token, whatever the cookie',
      () => ({ authorization: 'Bearer x', cookie: ada.cookie }),
      'INVALID_TOKEN',
    ],
    ['only a refresh cookie', () => ({ cookie: `refresh=${ada.refresh}` }), 'TOKEN_MISSING'],
  ] as [string, () => Headers, string][])('%s is 401, and changes no cookie', async (_, headers, error) => {
    const answer = await ask(host, headers());
    expect(answer).toMatchObject(refusal(401, error));
    expect(Object.keys(answer.headers).filter((name) => name.startsWith('x-auth'))).toEqual([]);
  });

  it('never renews an expired cookie, even with silent refresh on', async () => {
    const { cookie, access } = await login(host);
    const rows = () =>
      host.database.query('SELECT current_jti FROM refresh_tokens WHERE id = $1', [sidOf(access)]);
    const before = await rows();
    host.clock.offset = 3_600_000;
    try {
      const answer = await ask(host, { cookie });
      expect(answer).toMatchObject(refusal(401, 'TOKEN_EXPIRED'));
      expect(answer.headers['www-authenticate']).toBe('Bearer error="invalid_token"');
      expect(await rows()).toEqual(before);
    } finally {
      host.clock.offset = 0;
    }
  });

  it('a session that has ended is refused at the next request', async () => {
    const { cookie } = await login(host);
    expect((await ask(host, { cookie })).status).toBe(204);
    await host.client.post('/auth/logout-all', undefined, { cookie });
    expect(await ask(host, { cookie })).toMatchObject(refusal(401, 'TOKEN_REVOKED'));
  });

  describe('a cookie in a request of a foreign page', () => {
    const POST = { 'x-forwarded-method': 'POST' };
    const GET = { 'x-original-method': 'GET' };
    const foreign: [string, Headers][] = [
      ['an unsafe method of Traefik and Caddy', { ...POST, origin: EVIL }],
      ['an unsafe method of nginx and HAProxy', { 'x-original-method': 'DELETE', origin: EVIL }],
      ['no method', { origin: EVIL }],
      ['no method, by Fetch Metadata', { 'sec-fetch-site': 'cross-site' }],
      ['an unsafe method, by Fetch Metadata', { ...POST, 'sec-fetch-site': 'same-site' }],
      ['an unsafe method beside a safe one', { ...POST, ...GET, origin: EVIL }],
      ['a method in lower case', { 'x-original-method': 'get', origin: EVIL }],
      ['two methods in one header', { 'x-original-method': 'GET, POST', origin: EVIL }],
      ['an empty method', { 'x-original-method': '', origin: EVIL }],
      ['an unknown method', { 'x-original-method': 'TRACE', origin: EVIL }],
      ['a foreign Origin whose site is none', { ...POST, origin: EVIL, 'sec-fetch-site': 'none' }],
      ['Origin: null', { ...POST, origin: 'null', 'sec-fetch-site': 'same-origin' }],
      ['a WebSocket handshake', { ...GET, origin: EVIL, 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==' }],
      ['an untrusted X-Forwarded-Host', { ...POST, origin: EVIL, 'x-forwarded-host': 'evil.example' }],
    ];

    it.each(foreign)('is refused: %s', async (_, headers) => {
      expect(await ask(host, { ...headers, cookie: ada.cookie })).toMatchObject(
        refusal(403, 'CSRF_REJECTED'),
      );
    });

    it.each(foreign)('a bearer token passes: %s', async (_, headers) => {
      expect(await ask(host, { ...headers, authorization: `Bearer ${ada.access}` })).toMatchObject({
        status: 204,
      });
    });

    it.each<[string, Headers]>([
      ['a safe method', { ...GET, origin: EVIL, 'sec-fetch-site': 'cross-site' }],
      ['HEAD', { 'x-forwarded-method': 'HEAD', origin: EVIL }],
      ['OPTIONS', { 'x-forwarded-method': 'OPTIONS', origin: EVIL }],
      ['an unsafe method of the app itself', { ...POST, 'sec-fetch-site': 'same-origin' }],
      ['an unsafe method of a trusted origin', { ...POST, origin: APP, 'sec-fetch-site': 'cross-site' }],
      ['an address that the user typed', { 'sec-fetch-site': 'none' }],
      ['an unsafe method that the user repeats', { ...POST, 'sec-fetch-site': 'none' }],
      ['no method and no page', {}],
      [
        'our own Origin without Fetch Metadata',
        { ...POST, origin: 'https://shop.example', host: 'shop.example' },
      ],
    ])('is accepted otherwise: %s', async (_, headers) => {
      expect(await ask(host, { ...headers, cookie: ada.cookie })).toMatchObject({ status: 204 });
    });
  });

  it('a global JwtAuthGuard does not renew here either', async () => {
    const guarded = await start({
      adapter,
      options: { forwardAuth: true, cookies: { secure: false, silentRefresh: true } },
      providers: [{ provide: APP_GUARD, useExisting: JwtAuthGuard }],
    });
    const { cookie, refresh } = await login(guarded);
    expect((await ask(guarded, { cookie })).status).toBe(204);
    expect(await ask(guarded, { cookie: `refresh=${refresh}` })).toMatchObject(refusal(401, 'TOKEN_MISSING'));
  });

  it("names what the host's own strategy makes of the token, as text that no header can break", async () => {
    @Injectable()
    class OwnStrategy extends AccessJwtStrategy {
      override validate(claims: AccessTokenPayload): AuthUser {
        return {
          ...(super.validate(claims) as AuthUser),
          id: 'Ünal\r\nx: y',
          roles: ['a,b', '\r\n\r\nadmin'],
        };
      }
    }
    const own = await start({
      adapter,
      options: { forwardAuth: true },
      parts: { accessJwtStrategy: OwnStrategy },
    });
    const { body } = await own.client.post('/auth/register', { email: newEmail(), password: PASSWORD });
    expect(await ask(own, { authorization: `Bearer ${body.accessToken}` })).toMatchObject({
      status: 204,
      headers: {
        'x-auth-user': '%C3%9Cnal%0D%0Ax:%20y',
        'x-auth-roles': 'a%2Cb,%0D%0A%0D%0Aadmin',
      },
    });
  });

  it('is 503 when nobody knows whether the token has been revoked', async () => {
    class LostList implements RevocationList {
      revoke = async () => undefined;
      isRevoked(): boolean {
        throw new UnavailableError({ retryAfter: 1 });
      }
    }
    const lost = await start({
      adapter,
      options: { forwardAuth: true },
      parts: { revocationList: LostList },
    });
    const { body } = await lost.client.post('/auth/register', { email: newEmail(), password: PASSWORD });
    const answer = await ask(lost, { authorization: `Bearer ${body.accessToken}` });
    expect(answer).toMatchObject(refusal(503, 'UNAVAILABLE'));
  });

  it.each(['forRoot', 'forRootAsync'] as const)(
    'is not there unless it is turned on, with %s',
    async (style) => {
      for (const options of [{}, { forwardAuth: false }]) {
        const off = await start({ adapter, style, options });
        const { body } = await off.client.post('/auth/register', { email: newEmail(), password: PASSWORD });
        for (const method of ['GET', 'HEAD'])
          expect((await ask(off, { authorization: `Bearer ${body.accessToken}` }, method)).status).toBe(404);
      }
    },
  );

  it('can be turned on with forRootAsync', async () => {
    const on = await start({ adapter, style: 'forRootAsync', options: { forwardAuth: true } });
    const { body } = await on.client.post('/auth/register', { email: newEmail(), password: PASSWORD });
    expect((await ask(on, { authorization: `Bearer ${body.accessToken}` })).status).toBe(204);
  });
});

describe('forward auth of the service', () => {
  let database: TestDatabase;
  let service: ServiceHere;
  beforeAll(async () => {
    database = await createMigratedDatabase();
  });
  afterEach(() => service?.end());
  afterAll(() => database.drop());

  it('is off by default: 404, and not in the API document', async () => {
    service = await startServiceHere({ ...productionSettings(database.url), DOCS: 'on' });
    for (const method of ['GET', 'HEAD', 'POST'])
      expect((await service.client.call('/auth/forward', { method })).status).toBe(404);
    expect((await service.client.get('/openapi.json')).body.paths).not.toHaveProperty(['/auth/forward']);
  });

  it('behind Traefik, knows the own origin of the app by the host that a trusted proxy reports', async () => {
    const settings = { ...productionSettings(database.url), FORWARD_AUTH: 'on', COOKIE_SECURE: 'false' };
    const headers = {
      origin: APP,
      'x-forwarded-method': 'POST',
      'x-forwarded-host': 'app.example.com',
      'x-forwarded-proto': 'https',
    };
    for (const [TRUST_PROXY, status] of [
      ['127.0.0.1/32', 204],
      ['10.0.0.0/8', 403],
    ] as const) {
      service = await startServiceHere({ ...settings, TRUST_PROXY });
      const { cookies } = await service.client.post(
        '/auth/register',
        { email: newEmail(), password: PASSWORD },
        { headers: { 'x-auth-transport': 'cookie' } },
      );
      const cookie = `access=${cookies.access!.value}`;
      const url = `${service.client.url}/auth/forward`;
      expect((await exactHttp(url, { method: 'GET', headers: { ...headers, cookie } })).status).toBe(status);
      await service.end();
    }
  });

  it('accepts the headers of a compressed upload, and is described in the API document', async () => {
    service = await startServiceHere({
      ...productionSettings(database.url),
      FORWARD_AUTH: 'on',
      SILENT_REFRESH: 'on',
      DOCS: 'on',
    });
    const { body } = await service.client.post('/auth/register', { email: newEmail(), password: PASSWORD });
    const headers = {
      authorization: `Bearer ${body.accessToken}`,
      'content-encoding': 'gzip',
      'content-type': 'application/x-www-form-urlencoded',
    };
    const url = `${service.client.url}/auth/forward`;
    expect(await exactHttp(url, { method: 'GET', headers })).toMatchObject({ status: 204, setCookies: [] });
    const document = (await service.client.get('/openapi.json')).body;
    const { responses } = document.paths['/auth/forward'].get;
    expect(Object.keys(responses)).toEqual(['204', '401', '403', '500', '503']);
    expect(JSON.stringify(responses)).not.toContain('REFRESH_TOKEN');
  });
});
