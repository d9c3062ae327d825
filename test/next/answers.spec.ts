import type { OutgoingHttpHeaders } from 'node:http';
import { createLatchkeyNext, type LatchkeyNext } from '../../src/next/latchkey-next.js';
import { type FakeService, startFakeService } from '../support/fake-service.js';

const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' };
const ATTRIBUTES = 'Path=/; HttpOnly; Secure; SameSite=None; Partitioned; Priority=High; Future=1';
const SET = [
  `__Host-access=a.b.c; Max-Age=900; ${ATTRIBUTES}`,
  `__Host-refresh=d.e.f; Max-Age=604800; ${ATTRIBUTES}`,
];
const DEVICE = `__Host-device=g.h.i; Max-Age=15552000; ${ATTRIBUTES}`;
const CLEAR = SET.map((line) => line.replace(/=[^;]+; Max-Age=\d+/, '=; Max-Age=0'));
const SESSION = '{"expiresIn":900,"refreshExpiresIn":604800}';
const LOGIN = '{"user":{"id":"1"},"expiresIn":900}';

let service: FakeService;
let latchkey: LatchkeyNext;
beforeAll(async () => {
  service = await startFakeService();
});
afterAll(() => service.close());
beforeEach(() => {
  service.requests.length = 0;
  latchkey = createLatchkeyNext({ url: service.url });
});

const answerWith = (status: number, headers: OutgoingHttpHeaders, body = '') => {
  service.answer = (response) => response.writeHead(status, headers).end(body);
};

const call = (
  name: keyof LatchkeyNext['handlers'],
  cookie = '__Host-refresh=old; __Host-device=known; theme=dark',
) =>
  latchkey.handlers[name](
    new Request('http://app.example.com/', {
      method: 'POST',
      headers: { 'sec-fetch-site': 'same-origin', cookie },
      body: '{}',
    }),
  );

async function visit() {
  let page: Headers | undefined;
  const NextResponse = {
    next({ request }: { request: { headers: Headers } }) {
      page = request.headers;
      return new Response(null);
    },
  };
  const headers = { cookie: '__Host-refresh=old; theme=dark' };
  const response = await latchkey.middleware(NextResponse)(
    new Request('http://app.example.com/', { headers }),
  );
  return { setCookies: response.headers.getSetCookie(), page: page!.get('cookie') };
}

const errorIn = async (response: Response) => ((await response.json()) as { error: string }).error;

/** What a captive portal, a proxy or a broken connection may answer in the place of the service. */
const STRANGE: Record<string, [status: number, headers: OutgoingHttpHeaders, body?: string]> = {
  'an HTML page': [200, { 'content-type': 'text/html' }, '<html>Accept the terms</html>'],
  'an HTML page that sets and clears cookies': [
    200,
    { 'content-type': 'text/html', 'set-cookie': ['portal=1', ...CLEAR] },
    '<html></html>',
  ],
  'an HTML page that sets a session': [200, { 'content-type': 'text/html', 'set-cookie': SET }, SESSION],
  'an HTML page as an error': [401, { 'content-type': 'text/html', 'set-cookie': CLEAR }, '<html></html>'],
  'an HTML page as 403': [403, { 'content-type': 'text/html', 'set-cookie': CLEAR }, '<html></html>'],
  'an HTML page as 502': [
    502,
    { 'content-type': 'text/html', 'set-cookie': ['lb=1', ...CLEAR] },
    '<html></html>',
  ],
  'JSON without a session': [
    200,
    { ...JSON_TYPE, 'set-cookie': ['portal=1', ...CLEAR] },
    '{"login":"required"}',
  ],
  'JSON without a session, created': [
    201,
    { ...JSON_TYPE, 'set-cookie': 'portal=1' },
    '{"login":"required"}',
  ],
  'a session without cookies': [200, JSON_TYPE, SESSION],
  'a session without the refresh cookie': [200, { ...JSON_TYPE, 'set-cookie': SET[0] }, SESSION],
  'a session with cookies of other names': [
    200,
    { ...JSON_TYPE, 'set-cookie': SET.map((line) => line.replace('__Host-', '')) },
    SESSION,
  ],
  'a session with names after a no-break space': [
    200,
    { ...JSON_TYPE, 'set-cookie': SET.map((line) => `\u00A0${line}`) },
    SESSION,
  ],
  'cookies without a body': [200, { ...JSON_TYPE, 'set-cookie': SET }, ''],
  'a cut body': [200, { ...JSON_TYPE, 'set-cookie': SET }, SESSION.slice(0, 20)],
  'JSON null': [200, { ...JSON_TYPE, 'set-cookie': SET }, 'null'],
  'a JSON list': [200, { ...JSON_TYPE, 'set-cookie': SET }, '[]'],
  'no content with a session': [204, { 'set-cookie': SET }],
  'no content': [204, {}],
  'a redirect': [302, { location: 'https://portal.example/', 'set-cookie': CLEAR }],
  'a redirect that keeps the method': [307, { location: 'https://portal.example/', 'set-cookie': CLEAR }],
  'another success': [206, { ...JSON_TYPE, 'set-cookie': SET }, SESSION],
};

describe.each(Object.entries(STRANGE))('%s instead of an answer', (_, [status, headers, body]) => {
  it('signs nobody in or out through the middleware, and is tried again', async () => {
    answerWith(status, headers, body);
    expect(await visit()).toEqual({ setCookies: [], page: '__Host-refresh=old; theme=dark' });
    const isRefusal = status >= 400 && status < 500;
    expect(service.requests).toHaveLength(isRefusal ? 1 : 3);
    answerWith(200, { ...JSON_TYPE, 'set-cookie': SET }, SESSION);
    expect((await visit()).setCookies).toEqual(SET);
  });

  it.each([
    'login',
    'loginWithFactor',
    'loginWithPasskey',
    'register',
    'refresh',
    'logout',
    'stepUpOptions',
    'addTotp',
    'addPasskey',
    'renewRecoveryCodes',
  ] as const)('is a failed %s without cookies', async (name) => {
    answerWith(status, headers, body);
    const response = await call(name);
    expect([response.status, response.headers.getSetCookie(), await errorIn(response)]).toEqual([
      503,
      [],
      'UNAVAILABLE',
    ]);
  });
});

describe('a connection that breaks within the body', () => {
  beforeEach(() => {
    service.answer = (response) => {
      response.writeHead(200, { ...JSON_TYPE, 'set-cookie': SET, 'content-length': 500 });
      response.write(SESSION, () => response.destroy());
    };
  });

  it('is a failed try', async () => {
    expect((await visit()).setCookies).toEqual([]);
    const response = await call('login');
    expect([response.status, response.headers.getSetCookie()]).toEqual([503, []]);
  });
});

describe('a redirect', () => {
  it('does not take the password or the refresh token elsewhere', async () => {
    const other = await startFakeService();
    for (const status of [301, 302, 303, 307, 308]) {
      answerWith(status, { location: `${other.url}/auth/login` });
      await call('login');
      await visit();
    }
    expect(other.requests).toEqual([]);
    await other.close();
  });
});

describe('a refused refresh', () => {
  it.each(['INVALID_REFRESH_TOKEN', 'REFRESH_TOKEN_EXPIRED', 'REFRESH_TOKEN_REUSED', 'TOKEN_REVOKED'])(
    'clears the cookies after %s',
    async (error) => {
      answerWith(401, { ...JSON_TYPE, 'set-cookie': CLEAR }, JSON.stringify({ error }));
      expect(await visit()).toEqual({ setCookies: CLEAR, page: 'theme=dark' });
      const response = await call('refresh');
      expect([response.status, response.headers.getSetCookie()]).toEqual([401, CLEAR]);
    },
  );

  it.each([
    [401, 'UNAUTHORIZED'],
    [401, 'TOKEN_EXPIRED'],
    [401, 'REFRESH_TOKEN_MISSING'],
    [403, 'TOKEN_REVOKED'],
    [403, 'CSRF_REJECTED'],
    [404, 'NOT_FOUND'],
    [429, 'RATE_LIMITED'],
    [500, 'TOKEN_REVOKED'],
    [503, 'UNAVAILABLE'],
  ])('clears nothing after %i %s', async (status, error) => {
    answerWith(status, { ...JSON_TYPE, 'set-cookie': [...CLEAR, 'lb=1'] }, JSON.stringify({ error }));
    expect((await visit()).setCookies).toEqual([]);
    const response = await call('refresh');
    expect([response.status, response.headers.getSetCookie(), await errorIn(response)]).toEqual([
      status,
      [],
      error,
    ]);
  });
});

describe('what the service sets', () => {
  it.each([
    ['login', 200],
    ['register', 201],
  ] as const)('reaches the browser unchanged after %s', async (name, status) => {
    answerWith(status, { ...JSON_TYPE, 'set-cookie': [...SET, DEVICE] }, LOGIN);
    const response = await call(name);
    expect([response.status, await response.text()]).toEqual([status, LOGIN]);
    expect(response.headers.getSetCookie()).toEqual([...SET, DEVICE]);
  });

  it('reaches the browser unchanged after a refresh and a logout', async () => {
    answerWith(200, { ...JSON_TYPE, 'set-cookie': SET }, SESSION);
    expect((await visit()).setCookies).toEqual(SET);
    expect((await call('refresh')).headers.getSetCookie()).toEqual(SET);
    answerWith(204, { 'set-cookie': CLEAR });
    expect((await call('logout')).headers.getSetCookie()).toEqual(CLEAR);
  });

  it('a refused login sets other cookies only', async () => {
    answerWith(
      401,
      { ...JSON_TYPE, 'set-cookie': [...CLEAR, DEVICE, '__Host-mfa=m'] },
      '{"error":"MFA_REQUIRED"}',
    );
    expect((await call('login')).headers.getSetCookie()).toEqual([DEVICE, '__Host-mfa=m']);
  });

  it.each(['login', 'register'] as const)(
    'comes back to it with %s: the device and the session',
    async (name) => {
      answerWith(503, {});
      await call(name);
      expect(service.requests[0]!.headers.cookie).toBe('__Host-refresh=old; __Host-device=known');
      await call(name, '__Host-device=1; __Host-device=2; device=3; \u00A0__Host-device=4');
      expect(service.requests[1]!.headers.cookie).toBeUndefined();
    },
  );
});

it('an invalid access cookie is deleted in its partition, if cookies are partitioned', async () => {
  const { middleware } = createLatchkeyNext({ url: service.url, partitionedCookies: true });
  const headers = { cookie: '__Host-access=garbage' };
  const request = new Request('http://app.example.com/', { headers });
  const response = await middleware({ next: () => new Response(null) })(request);
  expect(response.headers.getSetCookie()).toEqual([
    '__Host-access=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=None; Partitioned',
  ]);
});
