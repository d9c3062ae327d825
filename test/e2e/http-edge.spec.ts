// Covers docs/security.md, case 46, 47, 48, 50, 51, 52, 53, 54, 55, 57, 58, 70, 99, 104, 123.
import { type Answer, newEmail, PASSWORD } from '../support/client.js';
import { linesAbout, logLines } from '../support/logs.js';
import { createMigratedDatabase, type TestDatabase } from '../support/postgres.js';
import { sendRaw } from '../support/raw-http.js';
import {
  productionSettings,
  PUBLIC_URL,
  type ServiceProcess,
  startServiceProcess,
} from '../support/service-process.js';

const ORIGIN = 'https://app.example.com';
const UUID = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[\da-f]{4}-[\da-f]{12}$/;

let database: TestDatabase;
let service: ServiceProcess;
let url: string;

beforeAll(async () => {
  database = await createMigratedDatabase();
  service = await startServiceProcess({
    ...productionSettings(database.url),
    CORS_ORIGINS: `${ORIGIN},http://localhost:5173,capacitor://localhost`,
    CORS_HEADERS: 'X-Client-Version, x-trace',
  });
  url = service.client.url;
});
afterAll(async () => {
  await service?.end();
  await database?.drop();
});

/** Sends a hand-written request; the connection ends with the answer. */
const raw = (line: string, headers: string[] = [], body = '') =>
  sendRaw(url, [line, 'Host: localhost', 'Connection: close', ...headers, '', body].join('\r\n'));

const post = (path: string, headers: string[], body: string) =>
  raw(`POST ${path} HTTP/1.1`, [`Content-Length: ${Buffer.byteLength(body)}`, ...headers], body);

const JSON_TYPE = 'Content-Type: application/json';

function expectError(
  answer: { status: number; body: unknown; headers: Headers | Record<string, string> },
  status: number,
  error: string,
) {
  expect({ status: answer.status, body: answer.body }).toEqual({
    status,
    body: expect.objectContaining({
      statusCode: status,
      error,
      message: expect.any(String),
      requestId: expect.any(String),
    }),
  });
  const headers = answer.headers instanceof Headers ? Object.fromEntries(answer.headers) : answer.headers;
  expect(headers['x-request-id']).toBe((answer.body as { requestId: string }).requestId);
  expect(headers['content-type']).toBe('application/json; charset=utf-8');
  expectSecurityHeaders(headers);
}

function expectSecurityHeaders(headers: Record<string, string>) {
  expect(headers).toMatchObject({
    'content-security-policy': "default-src 'none';frame-ancestors 'none'",
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'x-frame-options': 'DENY',
    'cache-control': 'no-store',
  });
  const [, seconds] = /^max-age=(\d+)/.exec(headers['strict-transport-security'] ?? '') ?? [];
  expect(Number(seconds)).toBeGreaterThanOrEqual(31_536_000);
  expect(Object.keys(headers)).not.toContain('x-powered-by');
  expect(Object.keys(headers)).not.toContain('server');
}

describe('security headers', () => {
  it.each<[string, () => Promise<{ headers: Headers | Record<string, string> }>]>([
    ['success', () => service.client.get('/health/live')],
    [
      'a preflight',
      () => raw('OPTIONS /auth/login HTTP/1.1', [`Origin: ${ORIGIN}`, 'Access-Control-Request-Method: POST']),
    ],
    ['bad input', () => service.client.post('/auth/login', {})],
    ['a missing token', () => service.client.get('/auth/me')],
    ['an unknown route', () => service.client.get('/nowhere')],
    ['an address that cannot be decoded', () => raw('GET /%zz HTTP/1.1')],
    ['broken HTTP', () => raw('GET')],
  ])('are on the answer to %s', async (_, call) => {
    const { headers } = await call();
    expectSecurityHeaders(headers instanceof Headers ? Object.fromEntries(headers) : headers);
  });

  it('user data may not be cached, public keys may', async () => {
    const { body } = await service.client.post('/auth/register', { email: newEmail(), password: PASSWORD });
    const token = body.accessToken as string;
    for (const path of ['/auth/me', '/auth/sessions', '/api/protected']) {
      const answer = await service.client.get(path, { token });
      expect([path, answer.status, answer.headers.get('cache-control')]).toEqual([path, 200, 'no-store']);
    }
    const keys = await service.client.get('/.well-known/jwks.json');
    expect(keys.headers.get('cache-control')).toMatch(/^public, max-age=\d+$/);
  });

  it.each(['text/html', 'application/xml', 'application/javascript', 'nonsense', ''])(
    'a client that accepts %p gets JSON anyway',
    async (accept) => {
      const answer = await service.client.get('/auth/me?callback=alert', { headers: { accept } });
      expectError(answer, 401, 'TOKEN_MISSING');
    },
  );
});

describe('CORS', () => {
  const corsHeaders = ({ headers }: Answer) =>
    Object.fromEntries([...headers].filter(([name]) => name.startsWith('access-control-')));
  const preflight = (origin: string, method = 'POST') =>
    service.client.call('/auth/login', {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': method,
        'access-control-request-headers': 'authorization,content-type,x-auth-transport',
      },
    });

  it.each([ORIGIN, 'http://localhost:5173', 'capacitor://localhost'])(
    'lets pages from %s call with credentials',
    async (origin) => {
      for (const call of [
        service.client.get('/auth/me', { headers: { origin } }),
        service.client.get('/nowhere', { headers: { origin } }),
        service.client.post(
          '/auth/login',
          { email: newEmail(), password: PASSWORD },
          { headers: { origin } },
        ),
      ]) {
        const answer = await call;
        expect(corsHeaders(answer)).toMatchObject({
          'access-control-allow-origin': origin,
          'access-control-allow-credentials': 'true',
          // Clients in the browser read the time from `Date`.
          'access-control-expose-headers':
            'Date, Retry-After, WWW-Authenticate, X-Device-Proof, X-Request-Id',
        });
        expect(answer.headers.get('vary')).toContain('Origin');
      }
    },
  );

  it.each(['POST', 'DELETE', 'GET'])('answers their preflight request for %s', async (method) => {
    const answer = await preflight(ORIGIN, method);
    expect(answer.status).toBe(204);
    expect(corsHeaders(answer)).toMatchObject({
      'access-control-allow-origin': ORIGIN,
      'access-control-allow-credentials': 'true',
      'access-control-allow-methods': expect.stringContaining(method),
      'access-control-allow-headers': expect.stringMatching(/Authorization.*Content-Type.*X-Auth-Transport/),
    });
    const allowed = answer.headers.get('access-control-allow-headers')!.toLowerCase().split(', ');
    const byTools = ['traceparent', 'tracestate', 'baggage', 'sentry-trace', 'x-requested-with'];
    expect(allowed).toEqual(expect.arrayContaining([...byTools, 'x-client-version', 'x-trace']));
    expect(allowed).not.toContain('*');
    const maxAge = Number(answer.headers.get('access-control-max-age'));
    expect(maxAge).toBeGreaterThanOrEqual(60);
    expect(maxAge).toBeLessThanOrEqual(7200);
  });

  it.each([
    'https://evil.example',
    'null',
    '*',
    'https://app.example.com.evil.example',
    'https://evilapp.example.com',
    'https://sub.app.example.com',
    'http://app.example.com',
    'https://APP.example.com',
    'https://app.example.com:8443',
    'https://app.example.com:443',
    'https://app.example.com/',
    'https://app.example.com https://evil.example',
    'http://localhost:5174',
    'ionic://localhost',
    'capacitor://localhost.evil.example',
    'capacitor://LOCALHOST',
    'file://',
  ])('sends no CORS headers to %s', async (origin) => {
    for (const answer of [
      await service.client.get('/auth/me', { headers: { origin } }),
      await service.client.get('/health/live', { headers: { origin } }),
      await preflight(origin),
    ]) {
      expect(corsHeaders(answer)).toEqual({});
      expect(answer.headers.get('vary')).toContain('Origin');
    }
  });
});

describe('routes and methods', () => {
  it.each([
    ['PUT', '/auth/login', 'POST'],
    ['GET', '/auth/login', 'POST'],
    ['GET', '/auth/register', 'POST'],
    ['GET', '/auth/refresh', 'POST'],
    ['HEAD', '/auth/refresh', 'POST'],
    ['HEAD', '/auth/logout', 'POST'],
    ['GET', '/auth/logout', 'POST'],
    ['GET', '/auth/logout-all', 'POST'],
    ['PATCH', '/auth/password', 'POST'],
    ['TRACE', '/auth/me', 'GET, HEAD'],
    ['TRACE', '/auth/login', 'POST'],
    ['PROPFIND', '/auth/me', 'GET, HEAD'],
    ['OPTIONS', '/auth/me', 'GET, HEAD'],
    ['POST', '/auth/sessions', 'DELETE, GET, HEAD'],
    ['POST', '/auth/sessions/00000000-0000-4000-8000-000000000000', 'DELETE'],
    ['POST', '/health/live', 'GET, HEAD'],
    ['DELETE', '/.well-known/jwks.json', 'GET, HEAD'],
    ['GET', '/oauth/introspect', 'POST'],
  ])('%s %s is 405', async (method, path, allow) => {
    const answer = await raw(`${method} ${path} HTTP/1.1`);
    expect(answer.headers.allow).toBe(allow);
    if (method === 'HEAD')
      answer.body = {
        statusCode: 405,
        error: 'METHOD_NOT_ALLOWED',
        message: '',
        requestId: answer.headers['x-request-id'],
      };
    expectError(answer, 405, 'METHOD_NOT_ALLOWED');
  });

  it('CONNECT is refused and its connection closed', async () => {
    expectError(await raw('CONNECT example.com:443 HTTP/1.1'), 405, 'METHOD_NOT_ALLOWED');
  });

  it.each(['X-HTTP-Method-Override', 'X-HTTP-Method', 'X-Method-Override'])(
    '%s changes nothing',
    async (name) => {
      const { body } = await service.client.post('/auth/register', { email: newEmail(), password: PASSWORD });
      const override = [`${name}: DELETE`, `Authorization: Bearer ${body.accessToken}`];
      expect((await raw('GET /auth/sessions?_method=DELETE HTTP/1.1', override)).status).toBe(200);
      expectError(await post('/auth/sessions', override, ''), 405, 'METHOD_NOT_ALLOWED');
      expect((await service.client.get('/auth/me', { token: body.accessToken })).status).toBe(200);
    },
  );

  it.each([
    '/',
    '/nowhere',
    '/auth',
    '/auth/',
    '/auth/login/',
    '/auth//login',
    '/AUTH/LOGIN',
    '/auth/%6Cogin/x',
    '/auth/login%00',
    '/auth/login;a=b',
    '/auth/../auth/login',
    '/auth/sessions/x/y',
    '/%zz',
    '/%c0%ae%c0%ae/',
    '/*',
    '/docs',
    '/docs/',
    '/openapi.json',
    '/admin',
    '/.env',
    '/.git/config',
    '/api-json',
    '/constructor',
    '/__proto__',
  ])('%s is 404, whatever the request contains', async (path) => {
    expectError(await raw(`GET ${path} HTTP/1.1`), 404, 'NOT_FOUND');
    expectError(await post(path, ['Content-Type: nonsense'], 'x'), 404, 'NOT_FOUND');
  });

  it('metrics are not public', async () => {
    expectError(await raw('GET /metrics HTTP/1.1'), 404, 'NOT_FOUND');
  });

  it.each(['/health/live?verbose', '/health/ready?verbose=1&debug'])(
    '%s reveals nothing more',
    async (path) => {
      const { status, body } = await service.client.get(path);
      expect(status).toBe(200);
      expect(
        Object.keys(body as object).filter((key) => !['status', 'database', 'redis'].includes(key)),
      ).toEqual([]);
    },
  );
});

describe('bodies', () => {
  const good = () => JSON.stringify({ email: newEmail(), password: PASSWORD });

  it.each([
    ['text/plain'],
    ['application/x-www-form-urlencoded'],
    ['multipart/form-data; boundary=x'],
    ['application/jsonx'],
    ['application/json-patch+json'],
    ['application/problem+json'],
    ['text/json'],
    ['application/json, text/plain'],
    ['application/json; charset=utf-7'],
    ['application/json; charset=utf-16'],
    ['application/json; charset="utf-16le"'],
    ['application/json;charset=latin1'],
    ['nonsense'],
    [''],
  ])('%p is 415 before it has any effect', async (type) => {
    expectError(
      await post('/auth/register', [`Content-Type: ${type}`], good()),
      415,
      'UNSUPPORTED_MEDIA_TYPE',
    );
  });

  it('so is a missing content type, and so are two of them', async () => {
    expectError(await post('/auth/register', [], good()), 415, 'UNSUPPORTED_MEDIA_TYPE');
    const two = [JSON_TYPE, 'Content-Type: text/plain'];
    expectError(await post('/auth/register', two, good()), 415, 'UNSUPPORTED_MEDIA_TYPE');
  });

  it.each(['application/json', 'application/json; charset=utf-8', 'Application/JSON;charset="UTF-8"'])(
    '%p is JSON',
    async (type) => {
      expect((await post('/auth/register', [`Content-Type: ${type}`], good())).status).toBe(201);
    },
  );

  it.each(['gzip', 'br', 'deflate', 'identity, gzip', 'zstd'])(
    'Content-Encoding %s is 415',
    async (encoding) => {
      const headers = [JSON_TYPE, `Content-Encoding: ${encoding}`];
      expectError(await post('/auth/register', headers, good()), 415, 'UNSUPPORTED_MEDIA_TYPE');
    },
  );

  it('up to 16 kB are read, and not one byte more', async () => {
    const padded = (size: number) => good().padEnd(size, ' ');
    expect((await post('/auth/register', [JSON_TYPE], padded(16 * 1024))).status).toBe(201);
    expectError(await post('/auth/register', [JSON_TYPE], padded(16 * 1024 + 1)), 413, 'PAYLOAD_TOO_LARGE');
  });

  it('a body announced as too large is not read, and an endless one is cut off', async () => {
    expectError(
      await raw('POST /auth/login HTTP/1.1', [JSON_TYPE, 'Content-Length: 10485760'], '{'),
      413,
      'PAYLOAD_TOO_LARGE',
    );
    const chunk = `1000\r\n${'x'.repeat(0x1000)}\r\n`;
    expectError(
      await raw('POST /auth/login HTTP/1.1', [JSON_TYPE, 'Transfer-Encoding: chunked'], chunk.repeat(5)),
      413,
      'PAYLOAD_TOO_LARGE',
    );
  });

  it.each([
    ['depth', '['.repeat(8000) + ']'.repeat(8000)],
    ['depth in a member', `{"email":${'['.repeat(25)}1${']'.repeat(25)},"password":"x"}`],
    ['objects in objects', `${'{"a":'.repeat(2000)}1${'}'.repeat(2000)}`],
    ['a flood of keys', `{${Array.from({ length: 1500 }, (_, i) => `"k${i}":1`).join()}}`],
    ['a flood of elements', `{"email":[${'1,'.repeat(5000)}1]}`],
  ])('%s is refused before its content is examined', async (_, body) => {
    const began = performance.now();
    expectError(await post('/auth/login', [JSON_TYPE], body), 400, 'MALFORMED_JSON');
    expect(performance.now() - began).toBeLessThan(1000);
  });

  it('a form with many fields does not block the service', async () => {
    const began = performance.now();
    const form = Array.from({ length: 4000 }, (_, i) => i.toString(36)).join('&');
    const answer = await post('/oauth/introspect', ['Content-Type: application/x-www-form-urlencoded'], form);
    expectError(answer, 401, 'invalid_client');
    expect(performance.now() - began).toBeLessThan(1000);
  });

  it('a body on a GET has no effect', async () => {
    expect((await raw('GET /health/live HTTP/1.1', [JSON_TYPE, 'Content-Length: 3'], '{"a')).status).toBe(
      200,
    );
  });
});

describe('HTTP itself', () => {
  it.each([
    [
      'Content-Length and Transfer-Encoding',
      `POST /auth/login HTTP/1.1\r\nHost: a\r\n${JSON_TYPE}\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    ],
    [
      'two Content-Lengths',
      `POST /auth/login HTTP/1.1\r\nHost: a\r\n${JSON_TYPE}\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}\n`,
    ],
    [
      'a list as Content-Length',
      `POST /auth/login HTTP/1.1\r\nHost: a\r\n${JSON_TYPE}\r\nContent-Length: 2, 2\r\n\r\n{}`,
    ],
    ['a negative Content-Length', `POST /auth/login HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n`],
    [
      'Transfer-Encoding xchunked',
      `POST /auth/login HTTP/1.1\r\nHost: a\r\n${JSON_TYPE}\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`,
    ],
    [
      'Transfer-Encoding chunked, identity',
      `POST /auth/login HTTP/1.1\r\nHost: a\r\n${JSON_TYPE}\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n`,
    ],
    [
      'a bad chunk size',
      `POST /auth/login HTTP/1.1\r\nHost: a\r\n${JSON_TYPE}\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n`,
    ],
    ['a folded header', 'GET /health/live HTTP/1.1\r\nHost: a\r\nX-A: b\r\n c: d\r\n\r\n'],
    ['lines without CR', 'GET /health/live HTTP/1.1\nHost: a\n\n'],
    ['NUL in a header', 'GET /health/live HTTP/1.1\r\nHost: a\r\nX-A: b\0c\r\n\r\n'],
    ['a space before the colon', 'GET /health/live HTTP/1.1\r\nHost : a\r\n\r\n'],
    ['a header without a name', 'GET /health/live HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n'],
    ['bytes that are not HTTP', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n'],
    ['an unknown version', 'GET /health/live HTTP/9.9\r\nHost: a\r\n\r\n'],
    ['no Host', 'GET /health/live HTTP/1.1\r\nConnection: close\r\n\r\n'],
    ['two Hosts', 'GET /health/live HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n'],
    ['an invalid Host', 'GET /health/live HTTP/1.1\r\nHost: a/b@c\r\nConnection: close\r\n\r\n'],
  ])('%s is 400, and its connection is closed', async (_, bytes) => {
    expectError(await sendRaw(url, Buffer.from(bytes, 'latin1')), 400, 'VALIDATION_FAILED');
  });

  it('nothing that follows a malformed request is served', async () => {
    const smuggled = 'GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n';
    const { text } = await sendRaw(
      url,
      `POST /auth/login HTTP/1.1\r\nHost: a\r\nContent-Length: ${smuggled.length}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${smuggled}`,
    );
    expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 400']);
  });

  it.each([
    ['a 32 kB header', [`X-A: ${'x'.repeat(32 * 1024)}`]],
    ['an 8 kB cookie', [`Cookie: a=${'x'.repeat(8 * 1024)}`]],
    ['200 headers', Array.from({ length: 200 }, (_, i) => `X-${i}: y`)],
    [
      'a cookie bomb',
      [`Cookie: ${Array.from({ length: 60 }, (_, i) => `c${i}=${'x'.repeat(4096)}`).join('; ')}`],
    ],
  ])('%s is 431', async (_, headers) => {
    expectError(await raw('GET /auth/me HTTP/1.1', headers), 431, 'HEADERS_TOO_LARGE');
  });

  it('so is a URL of 10 kB', async () => {
    expectError(await raw(`GET /${'x'.repeat(10 * 1024)} HTTP/1.1`), 431, 'HEADERS_TOO_LARGE');
  });

  it('two Authorization headers count as an invalid token, even if each one is valid', async () => {
    const { body } = await service.client.post('/auth/register', { email: newEmail(), password: PASSWORD });
    const header = `Authorization: Bearer ${body.accessToken}`;
    expect((await raw('GET /auth/me HTTP/1.1', [header])).status).toBe(200);
    expectError(await raw('GET /auth/me HTTP/1.1', [header, header]), 401, 'INVALID_TOKEN');
  });

  it('a token in the URL is ignored', async () => {
    const { body } = await service.client.post('/auth/register', { email: newEmail(), password: PASSWORD });
    const answer = await service.client.get(
      `/auth/me?access_token=${body.accessToken}&token=${body.accessToken}`,
    );
    expectError(answer, 401, 'TOKEN_MISSING');
    expect(service.output()).not.toContain(body.accessToken);
  });

  it('an unknown Expect header is ignored, and HTTP/1.0 is served', async () => {
    expect((await raw('GET /health/live HTTP/1.1', ['Expect: nonsense'])).status).toBe(200);
    expect((await sendRaw(url, 'GET /health/live HTTP/1.0\r\n\r\n')).status).toBe(200);
  });

  it.each([
    ['X-Forwarded-For: 203.0.113.9'],
    ['X-Real-IP: 203.0.113.9'],
    ['Forwarded: for=203.0.113.9;proto=https;host=evil.example'],
    ['X-Forwarded-Host: evil.example'],
    ['X-Forwarded-Proto: https'],
    ['X-Original-URL: /auth/logout'],
    ['X-Rewrite-URL: /auth/logout'],
  ])('%s has no effect unless a trusted proxy sent it', async (header) => {
    const id = `spoof-${header.split(':')[0]}`;
    const answer = await raw('GET /.well-known/oauth-authorization-server HTTP/1.1', [
      header,
      `X-Request-Id: ${id}`,
    ]);
    expect(answer.status).toBe(200);
    expect(answer.body.jwks_uri).toBe(`${PUBLIC_URL}/.well-known/jwks.json`);
    expect((await linesAbout(service, id)).find(({ msg }) => msg === 'request')).toMatchObject({
      ip: '127.0.0.1',
      route: '/.well-known/oauth-authorization-server',
    });
  });
});

describe('request ids', () => {
  it('are accepted if well-formed, and appear in the answer, the error and the log', async () => {
    const answer = await service.client.get('/auth/me', { headers: { 'x-request-id': 'From_Proxy-1' } });
    expect(answer.headers.get('x-request-id')).toBe('From_Proxy-1');
    expect(answer.body.requestId).toBe('From_Proxy-1');
    expect(await linesAbout(service, 'From_Proxy-1')).toHaveLength(1);
  });

  it.each(['', ' ', 'x'.repeat(65), 'a b', 'a,b', 'a"b', '{"a":1}', '../../etc', '\u001b[31mred', 'ä'])(
    '%p is replaced',
    async (given) => {
      const answer = await sendRaw(
        url,
        Buffer.from(
          `GET /auth/me HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX-Request-Id: ${given}\r\n\r\n`,
          'latin1',
        ),
      );
      const { requestId } = answer.body as { requestId?: string };
      expect(requestId ?? answer.body).toMatch(UUID);
      expect(answer.headers['x-request-id']).toBe(requestId);
    },
  );

  it('are generated for every request without one', async () => {
    const [first, second] = [await service.client.get('/auth/me'), await service.client.get('/auth/me')];
    expect(first.body.requestId).toMatch(UUID);
    expect(second.body.requestId).not.toBe(first.body.requestId);
  });
});

it('after all this, every line of the log is one event, none is an error, and the service is alive', async () => {
  const lines = logLines(service);
  expect(lines.filter(({ level }) => level >= 50)).toEqual([]);
  expect(lines.filter(({ msg }) => msg === 'request refused').length).toBeGreaterThan(10);
  expect((await service.client.get('/health/ready')).status).toBe(200);
});

describe('what a request cannot choose', () => {
  const away = [
    '//evil.test',
    '/\\evil',
    'https:evil.test',
    '%2f%2fevil.test',
    'javascript:alert(1)',
    'data:text/html,x',
  ];

  it.each(away)('nobody is redirected, and not to %s', async (target) => {
    const query = ['redirect', 'next', 'return_to', 'url'].map((name) => `${name}=${target}`).join('&');
    const account = { email: newEmail(), password: PASSWORD };
    const answers = [
      await service.client.post(`/auth/register?${query}`, account),
      await service.client.post(`/auth/login?${query}`, account),
      await service.client.post(`/auth/logout?${query}`),
      await service.client.get(`/?${query}`),
    ];
    expect(answers.map(({ status, headers }) => [status, headers.get('location')])).toEqual([
      [201, null],
      [200, null],
      [204, null],
      [404, null],
    ]);
  });

  it.each([
    ['POST', '/auth/logout-all'],
    ['POST', '/auth/password'],
    ['GET', '/auth/me'],
    ['GET', '/auth/sessions'],
    ['DELETE', '/auth/sessions'],
    ['GET', '/auth/events'],
  ])('%s %s requires a login, whatever user the request names', async (method, path) => {
    const account = { email: newEmail(), password: PASSWORD };
    const { user, accessToken } = (await service.client.post('/auth/register', account)).body;
    const named = {
      userId: user.id,
      id: user.id,
      sub: user.id,
      currentPassword: PASSWORD,
      newPassword: 'x'.repeat(20),
    };
    const query = `?userId=${user.id}&sub=${user.id}`;
    const body = method === 'POST' ? named : undefined;
    const answer = await service.client.call(path + query, {
      method,
      body,
      headers: { 'x-user-id': user.id },
    });
    expectError(answer, 401, 'TOKEN_MISSING');
    expect((await service.client.get('/auth/me', { token: accessToken })).status).toBe(200);
  });
});
