// Covers docs/security.md, case 104, 106, 107.
import { Controller, Get, Post, Req, Res, UseGuards } from '@nestjs/common';
import {
  type AuthModuleOptions,
  checkAuthOptions,
  CsrfGuard,
  JwtAuthGuard,
  SessionCookies,
} from '../../src/index.js';
import { newEmail, PASSWORD } from '../support/client.js';
import { type AdapterName, type Host, startHost } from '../support/host-app.js';
import { exactHttp } from '../support/exact-http.js';

/** Routes of the host that change something: one behind the module's guard, one behind the host's own login. */
@Controller('notes')
class NotesController {
  @UseGuards(JwtAuthGuard)
  @Post()
  add() {
    return { added: true };
  }

  @UseGuards(JwtAuthGuard)
  @Get()
  list() {
    return { notes: [] };
  }

  @UseGuards(CsrfGuard)
  @Post('forget')
  forget(@Res({ passthrough: true }) response: unknown, @Req() _request: unknown) {
    this.cookies.clear(response);
    return { forgotten: true };
  }

  constructor(private readonly cookies: SessionCookies) {}
}

const APP = 'https://app.example.com';
const JSON_TYPE = { 'content-type': 'application/json' };
const BY_COOKIE = { 'x-auth-transport': 'cookie' };

type Headers = Record<string, string>;

/** Headers of requests made by pages; `own` stands for the service's own host. */
const FOREIGN: [string, Headers][] = [
  ['Sec-Fetch-Site: cross-site', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }],
  ['Sec-Fetch-Site: same-site', { 'sec-fetch-site': 'same-site', origin: 'https://evil.example.com' }],
  ['Sec-Fetch-Site: none', { 'sec-fetch-site': 'none' }],
  ['Sec-Fetch-Site: junk', { 'sec-fetch-site': 'junk' }],
  ['Sec-Fetch-Site: empty', { 'sec-fetch-site': '' }],
  ['Sec-Fetch-Site: in another case', { 'sec-fetch-site': 'Same-Origin' }],
  ['Sec-Fetch-Site: twice', { 'sec-fetch-site': 'same-origin, cross-site' }],
  ['Sec-Fetch-Site: cross-site and no Origin', { 'sec-fetch-site': 'cross-site' }],
  [
    'Sec-Fetch-Site: cross-site with our own Origin',
    { 'sec-fetch-site': 'cross-site', origin: 'http://own' },
  ],
  ['a foreign Origin', { origin: 'https://evil.example' }],
  ['Origin: null', { origin: 'null' }],
  ['Origin: null and Sec-Fetch-Site: same-origin', { origin: 'null', 'sec-fetch-site': 'same-origin' }],
  ['an empty Origin', { origin: '' }],
  ['our host at another port', { origin: 'http://127.0.0.1:1' }],
  ['our host as a prefix', { origin: 'http://own.evil.example' }],
  ['our host as userinfo', { origin: 'http://own@evil.example' }],
  ['our host with a path', { origin: 'http://own/' }],
  ['our host with a scheme other than HTTP', { origin: 'ftp://own' }],
  ['the trusted Origin in another case', { origin: 'https://APP.example.com' }],
  ['the trusted Origin with a slash', { origin: `${APP}/` }],
  ['the trusted Origin with another scheme', { origin: 'http://app.example.com' }],
  ['the trusted Origin with a port', { origin: `${APP}:8443` }],
  ['the trusted Origin as a prefix', { origin: `${APP}.evil.example` }],
  ['two Origins', { origin: `${APP}, https://evil.example` }],
  ['a foreign Origin and our own Referer', { origin: 'https://evil.example', referer: 'http://own/' }],
];

const OUR_OWN: [string, Headers][] = [
  ['Sec-Fetch-Site: same-origin', { 'sec-fetch-site': 'same-origin', origin: 'http://own' }],
  ['Sec-Fetch-Site: same-origin and no Origin', { 'sec-fetch-site': 'same-origin' }],
  ['our own Origin without Fetch Metadata', { origin: 'http://own' }],
  ['our own Origin behind a proxy that terminates TLS', { origin: 'https://own' }],
  ['the trusted Origin, cross-site', { 'sec-fetch-site': 'cross-site', origin: APP }],
  ['the trusted Origin, same-site', { 'sec-fetch-site': 'same-site', origin: APP }],
  ['the trusted Origin without Fetch Metadata', { origin: APP }],
  ['a client that is not a browser', {}],
  ['only a foreign Referer, which proves nothing', { referer: 'https://evil.example/' }],
];

describe.each<AdapterName>(['express', 'fastify'])('CSRF on %s', (adapter) => {
  let host: Host;
  beforeAll(async () => {
    host = await startHost({
      adapter,
      controllers: [NotesController],
      options: { cookies: { secure: true }, csrf: { trustedOrigins: [APP] } },
    });
  });
  afterAll(() => host.close());

  const send = (path: string, headers: Headers, body?: string | Buffer, method = 'POST') => {
    const own = host.client.url.replace('http://', '');
    const entries = Object.entries(headers).map(([name, value]) => [
      name,
      value.replace('//own', `//${own}`),
    ]);
    return exactHttp(host.client.url + path, { method, headers: Object.fromEntries(entries), body });
  };
  const newUser = async () => {
    const email = newEmail();
    const answer = await host.client.post('/auth/register', { email, password: PASSWORD });
    return { email, token: answer.body.accessToken as string };
  };
  /** The cookies of a new user's session. */
  const session = async () => {
    const email = newEmail();
    const answer = await host.client.post(
      '/auth/register',
      { email, password: PASSWORD },
      { headers: BY_COOKIE },
    );
    const [access, refresh] = ['__Host-access', '__Host-refresh'].map((name) => answer.cookies[name]!.value);
    const cookie = `__Host-access=${access}; __Host-refresh=${refresh}`;
    return { email, access: access!, refresh: refresh!, cookie };
  };
  const sessionsOf = (email: string) =>
    host.database.query(
      `SELECT s.* FROM refresh_tokens s JOIN users u ON u.id::text = s.user_id WHERE u.email = $1 ORDER BY s.created_at`,
      [email],
    );
  const REJECTED = { status: 403, setCookies: [], body: { statusCode: 403, error: 'CSRF_REJECTED' } };

  describe('a foreign page', () => {
    let victim: Awaited<ReturnType<typeof session>>;
    let before: unknown;
    beforeAll(async () => {
      victim = await session();
      before = await sessionsOf(victim.email);
    });
    const expectNoEffect = async () => expect(await sessionsOf(victim.email)).toEqual(before);

    describe.each(FOREIGN)('%s', (_, page) => {
      it('can neither log in nor register anybody', async () => {
        const login = JSON.stringify({ email: victim.email, password: PASSWORD });
        const headers = { ...page, ...JSON_TYPE, ...BY_COOKIE };
        expect(await send('/auth/login', headers, login)).toMatchObject(REJECTED);
        expect(await send('/auth/login', { ...headers, authorization: 'Bearer x' }, login)).toMatchObject(
          REJECTED,
        );
        const email = newEmail();
        const registration = JSON.stringify({ email, password: PASSWORD });
        expect(await send('/auth/register', headers, registration)).toMatchObject(REJECTED);
        expect(await host.database.query('SELECT 1 FROM users WHERE email = $1', [email])).toEqual([]);
        await expectNoEffect();
      });

      it('cannot refresh, log out, end sessions or change anything with the cookies', async () => {
        const headers = { ...page, cookie: victim.cookie };
        for (const path of [
          '/auth/refresh',
          '/auth/logout',
          '/auth/logout-all',
          '/auth/password',
          '/auth/step-up',
          '/notes',
          '/notes/forget',
        ])
          expect({ path, ...(await send(path, headers)) }).toMatchObject({ path, ...REJECTED });
        expect(await send('/auth/sessions', headers, undefined, 'DELETE')).toMatchObject(REJECTED);
        expect(await send(`/auth/sessions/${victim.email}`, headers, undefined, 'DELETE')).toMatchObject(
          REJECTED,
        );
        await expectNoEffect();
      });

      it('cannot clear cookies that the browser did not send', async () => {
        expect(await send('/auth/logout', page)).toMatchObject(REJECTED);
        expect((await send('/auth/logout', page)).headers).not.toHaveProperty('clear-site-data');
        expect(await send('/auth/refresh', { ...page, cookie: '__Host-refresh=rubbish' })).toMatchObject(
          REJECTED,
        );
      });
    });
  });

  describe.each(OUR_OWN)('%s', (_, page) => {
    it('may use the cookies', async () => {
      const { email, cookie } = await session();
      const login = JSON.stringify({ email, password: PASSWORD });
      const loggedIn = await send('/auth/login', { ...page, ...JSON_TYPE, ...BY_COOKIE }, login);
      expect(loggedIn).toMatchObject({ status: 200, setCookies: { length: 3 } });
      const headers = { ...page, cookie };
      expect(await send('/notes', headers)).toMatchObject({ status: 201, body: { added: true } });
      expect(await send('/notes/forget', headers)).toMatchObject({ status: 201 });
      expect(await send('/auth/refresh', headers)).toMatchObject({ status: 200, setCookies: { length: 2 } });
      expect(await send('/auth/logout-all', headers)).toMatchObject({
        status: 204,
        setCookies: { length: 2 },
      });
      expect(await send('/auth/logout', headers)).toMatchObject({ status: 204, setCookies: { length: 2 } });
    });
  });

  describe('a request that no cookie authenticates is exempt', () => {
    const page = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' };

    it('a bearer token, with or without cookies', async () => {
      const { token } = await newUser();
      const { cookie } = await session();
      for (const extra of [{}, { cookie }] as Headers[]) {
        const headers = { ...page, ...extra, authorization: `Bearer ${token}` };
        expect(await send('/notes', headers)).toMatchObject({ status: 201 });
        expect(await send('/auth/sessions', headers, undefined, 'DELETE')).toMatchObject({ status: 204 });
      }
      expect(await send('/auth/logout', { ...page, authorization: `Bearer ${token}` })).toMatchObject({
        status: 204,
      });
    });

    it('a login, a refresh and a logout with tokens in the body', async () => {
      const { email } = await newUser();
      const headers = { ...page, ...JSON_TYPE };
      const loggedIn = await send('/auth/login', headers, JSON.stringify({ email, password: PASSWORD }));
      expect(loggedIn).toMatchObject({ status: 200, setCookies: [] });
      const refreshed = await send('/auth/refresh', headers, JSON.stringify(tokenOf(loggedIn)));
      expect(refreshed).toMatchObject({ status: 200, setCookies: [] });
      expect(await send('/auth/logout', headers, JSON.stringify(tokenOf(refreshed)))).toMatchObject({
        status: 204,
      });
    });

    it('but not if the answer clears cookies that came with the request', async () => {
      const { email, cookie } = await session();
      const before = await sessionsOf(email);
      const { token } = await newUser();
      const { sid } = JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString());
      const junk = JSON.stringify({ refreshToken: 'junk' });
      const asked = async (sent: Headers) => {
        const bearer = { ...sent, authorization: `Bearer ${token}` };
        return [
          await send('/auth/logout', { ...sent, ...JSON_TYPE }, junk),
          await send('/auth/logout', { ...sent, authorization: 'Bearer junk' }),
          await send(`/auth/sessions/${sid}`, bearer, undefined, 'DELETE'),
          await send('/auth/logout-all', bearer),
        ];
      };
      for (const answer of await asked({ ...page, cookie })) {
        expect(answer).toMatchObject(REJECTED);
        expect(answer.headers).not.toHaveProperty('clear-site-data');
      }
      expect(await sessionsOf(email)).toEqual(before);
      expect((await asked({ origin: APP, cookie })).map(({ status }) => status)).toEqual([
        204, 204, 204, 401,
      ]);
    });

    it('but not if it only carries something that looks like a credential', async () => {
      const { cookie, access, refresh } = await session();
      const headers = { ...page, cookie };
      // Browsers add Basic credentials on their own.
      expect(await send('/notes', { ...headers, authorization: 'Basic eDp5' })).toMatchObject(REJECTED);
      expect(await send('/notes', { ...headers, authorization: 'Bearer ' })).toMatchObject(REJECTED);
      const body = JSON.stringify({ refreshToken: refresh });
      expect(await send('/notes', { ...headers, ...JSON_TYPE }, body)).toMatchObject(REJECTED);
      const form = { ...headers, 'content-type': 'application/x-www-form-urlencoded' };
      expect(await send('/notes', form, 'refreshToken=x')).toMatchObject(REJECTED);
      expect(await send('/auth/refresh', { ...headers, authorization: `Bearer ${access}` })).toMatchObject(
        REJECTED,
      );
      for (const body of ['{}', '{"refreshToken":null}'])
        expect(await send('/auth/refresh', { ...headers, ...JSON_TYPE }, body)).toMatchObject(REJECTED);
    });
  });

  describe('simple requests are refused with 415 before they have any effect', () => {
    const TYPES: [string, Headers, (fields: object) => string][] = [
      ['JSON as text/plain', { 'content-type': 'text/plain' }, JSON.stringify],
      [
        'JSON as text/plain that mentions JSON',
        { 'content-type': 'text/plain; application/json' },
        JSON.stringify,
      ],
      ['JSON as a form', { 'content-type': 'application/x-www-form-urlencoded' }, JSON.stringify],
      [
        'a form',
        { 'content-type': 'application/x-www-form-urlencoded' },
        (fields) => new URLSearchParams({ ...fields }).toString(),
      ],
      ['multipart', { 'content-type': 'multipart/form-data; boundary=b' }, multipart],
      ['no content type', {}, JSON.stringify],
      ['an empty content type', { 'content-type': '' }, JSON.stringify],
      ['another JSON type', { 'content-type': 'application/csp-report' }, JSON.stringify],
    ];

    it.each(TYPES)('%s', async (_, type, encode) => {
      const { email, cookie, refresh } = await session();
      const before = await sessionsOf(email);
      const body = encode({ email, password: PASSWORD, refreshToken: refresh });
      for (const page of [{}, { 'sec-fetch-site': 'cross-site', origin: 'null' }] as Headers[]) {
        for (const path of [
          '/auth/login',
          '/auth/register',
          '/auth/refresh',
          '/auth/logout',
          '/auth/logout-all',
          '/auth/password',
          '/auth/step-up',
        ]) {
          const answer = await send(path, { ...page, ...type, ...BY_COOKIE, cookie }, body);
          expect({ path, ...answer }).toMatchObject({ path, status: 415, setCookies: [] });
        }
      }
      expect(await sessionsOf(email)).toEqual(before);
    });

    it('JSON in chunks or with parameters is accepted, and so is a request without a body', async () => {
      const { email, cookie } = await session();
      const body = JSON.stringify({ email, password: PASSWORD });
      for (const type of ['application/json; charset=utf-8', 'Application/JSON ;charset=UTF-8'])
        expect((await send('/auth/login', { 'content-type': type }, body)).status).toBe(200);
      expect((await send('/auth/refresh', { cookie })).status).toBe(200);
      for (const type of ['text/plain', 'application/x-www-form-urlencoded'])
        expect((await send('/auth/me', { cookie, 'content-type': type }, undefined, 'GET')).status).toBe(200);
      expect((await send('/auth/logout', { cookie, 'content-length': '0' })).status).toBe(204);
    });
  });

  describe("only the route's own method changes anything", () => {
    it.each(['GET', 'HEAD', 'PUT'])('%s', async (method) => {
      const { email, cookie } = await session();
      const before = await sessionsOf(email);
      for (const path of [
        '/auth/login',
        '/auth/refresh',
        '/auth/logout',
        '/auth/logout-all',
        '/auth/password',
        '/auth/step-up',
      ]) {
        const answer = await send(path, { cookie }, undefined, method);
        expect([404, 405]).toContain(answer.status);
        expect(answer.setCookies).toEqual([]);
      }
      expect(await sessionsOf(email)).toEqual(before);
    });

    it('a method override makes a request neither safe nor unsafe', async () => {
      const { cookie } = await session();
      const page = { cookie, 'sec-fetch-site': 'cross-site' };
      for (const name of ['x-http-method-override', 'x-method-override', 'x-http-method']) {
        expect(await send('/notes', { ...page, [name]: 'GET' })).toMatchObject(REJECTED);
        expect(await send('/notes?_method=GET', { ...page, [name]: 'GET' })).toMatchObject(REJECTED);
        expect(await send('/notes', { ...page, [name]: 'POST' }, undefined, 'GET')).toMatchObject({
          body: { notes: [] },
        });
      }
    });
  });

  describe('logging out in a browser', () => {
    const CLEARED = ['__Host-access=; Max-Age=0', '__Host-refresh=; Max-Age=0'];
    const cleared = (answer: { setCookies: string[] }) =>
      answer.setCookies.map((line) => line.split('; Path')[0]);

    it("clears both cookies with the attributes they were set with, and the browser's other data", async () => {
      for (const path of ['/auth/logout', '/auth/logout-all']) {
        const { cookie } = await session();
        const answer = await send(path, { cookie, 'sec-fetch-site': 'same-origin' });
        expect(answer).toMatchObject({ status: 204, headers: { 'clear-site-data': '"cache", "storage"' } });
        expect(cleared(answer)).toEqual(CLEARED);
        for (const line of answer.setCookies)
          expect(line).toMatch(/; Path=\/; HttpOnly; Secure; SameSite=Lax$/);
      }
    });

    it("ending one's own session does the same, ending another one does not", async () => {
      const { email, cookie } = await session();
      await host.client.post('/auth/login', { email, password: PASSWORD });
      const list = await exactHttp(`${host.client.url}/auth/sessions`, {
        method: 'GET',
        headers: { cookie },
      });
      const sessions = JSON.parse(list.body) as { id: string; current: boolean }[];
      const end = (current: boolean) => {
        const { id } = sessions.find((one) => one.current === current)!;
        return send(`/auth/sessions/${id}`, { cookie }, undefined, 'DELETE');
      };
      const other = await end(false);
      expect(other).toMatchObject({ status: 204, setCookies: [] });
      expect(other.headers).not.toHaveProperty('clear-site-data');
      const own = await end(true);
      expect(own).toMatchObject({ status: 204, headers: { 'clear-site-data': '"cache", "storage"' } });
      expect(cleared(own)).toEqual(CLEARED);
    });

    it('a logout ends the session whose cookies it clears, whatever else was sent', async () => {
      const junk: [Headers, string?][] = [
        [{ authorization: 'Bearer undefined' }],
        [JSON_TYPE, JSON.stringify({ refreshToken: 'junk' })],
      ];
      for (const [headers, body] of junk) {
        const { email, cookie } = await session();
        const answer = await send('/auth/logout', { ...headers, cookie }, body);
        expect(answer).toMatchObject({ status: 204, setCookies: { length: 2 } });
        expect(await sessionsOf(email)).toEqual([expect.objectContaining({ revoked_at: expect.any(Date) })]);
      }
    });

    it("a logout with an explicit token leaves the browser's data alone", async () => {
      const { token } = await newUser();
      const answer = await send('/auth/logout', { authorization: `Bearer ${token}` });
      expect(answer.status).toBe(204);
      expect(answer.headers).not.toHaveProperty('clear-site-data');
    });
  });
});

const tokenOf = (answer: { body: { refreshToken: string } }) => ({ refreshToken: answer.body.refreshToken });

function multipart(fields: object): string {
  const parts = Object.entries(fields).map(
    ([name, value]) => `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  return `${parts.join('')}--b--\r\n`;
}

describe('the options', () => {
  const check = (options: Partial<AuthModuleOptions>) => () =>
    checkAuthOptions({ jwt: { accessSecret: 'a'.repeat(64), refreshSecret: 'b'.repeat(64) }, ...options });

  it.each([
    ['https://app.example.com/'],
    ['app.example.com'],
    ['null'],
    ['*'],
    ['https://*.example.com'],
    ['https://app.example.com:443'],
    ['ftp://app.example.com'],
  ])('%s is refused as a trusted origin', (origin) => {
    expect(check({ csrf: { trustedOrigins: [origin] } })).toThrow(
      /csrf\.trustedOrigins must be a list of exact origins/,
    );
  });

  it.each([
    ['null', /null is what every sandboxed page and every local file sends$/],
    ['file://', /pages of file: have no origin of their own$/],
    ['file:///index.html', /pages of file:/],
    ['javascript:alert(1)', /pages of javascript:/],
    ['javascript://localhost', /pages of javascript:/],
    ['JavaScript://localhost', /pages of JavaScript:/],
    ['data:text/html,x', /pages of data:/],
    ['data://localhost', /pages of data:/],
    ['blob:https://app.example.com/x', /pages of blob:/],
    ['about:blank', /pages of about:/],
    ['wss://app.example.com', /pages of wss:/],
    ['capacitor://*', /a wildcard would trust pages of others$/],
    ['*://localhost', /a wildcard/],
    ['https://*', /a wildcard/],
    ['capacitor://localhost/', /such as \S+$/],
    ['capacitor://localhost/index.html', /such as \S+$/],
    ['capacitor://localhost?x', /such as \S+$/],
    ['capacitor://localhost#x', /such as \S+$/],
    ['capacitor://user@localhost', /such as \S+$/],
    ['capacitor://', /such as \S+$/],
    ['capacitor:localhost', /such as \S+$/],
    ['capacitor:///localhost', /such as \S+$/],
    ['Capacitor://localhost', /such as \S+$/],
    ['capacitor://localhost ', /such as \S+$/],
    ['capacitor://a, ionic://b', /such as \S+$/],
    ['capacitor://local\nhost', /such as \S+$/],
    ['://localhost', /such as \S+$/],
    ['', /such as \S+$/],
  ])('%p is refused as a trusted origin, and the message says why', (origin, why) => {
    for (const trustedOrigins of [[origin], ['https://app.example.com', origin]]) {
      expect(check({ csrf: { trustedOrigins } })).toThrow(
        /csrf\.trustedOrigins must be a list of exact origins/,
      );
      expect(check({ csrf: { trustedOrigins } })).toThrow(why);
    }
  });

  it.each([
    'capacitor://localhost',
    'ionic://localhost',
    'tauri://localhost',
    'https://tauri.localhost',
    'http://localhost',
    'app://.',
    'app://obsidian.md',
    'com.example.shop://localhost',
    'chrome-extension://aapbdbdomjkkjkaonfhkkikfgjllcleb',
    'moz-extension://2c127fa4-62c7-7e4f-90e5-472b45eecfdc',
    'app://localhost:8080',
  ])('an app of the origin %s can be trusted', (origin) => {
    expect(check({ csrf: { trustedOrigins: [origin] } })).not.toThrow();
  });

  it('partitioned cookies have to be secure', () => {
    expect(check({ cookies: { secure: false, partitioned: true } })).toThrow(
      /cookies\.partitioned can be true only when cookies\.secure is true/,
    );
    expect(check({ cookies: { partitioned: 'yes' as unknown as boolean } })).toThrow(
      /cookies\.partitioned must be/,
    );
    expect(check({ cookies: { sameSite: 'none', partitioned: true } })).not.toThrow();
  });

  it('origins as browsers send them are accepted', () => {
    const trustedOrigins = ['https://app.example.com', 'http://localhost:5173', 'https://[::1]:8443'];
    expect(check({ csrf: { trustedOrigins } })).not.toThrow();
  });

  it('Clear-Site-Data accepts only known names', () => {
    expect(check({ cookies: { clearSiteData: ['everything' as 'cache'] } })).toThrow(
      /cookies\.clearSiteData must be one of cache, storage, cookies/,
    );
  });
});
