import { newEmail, PASSWORD } from '../support/client.js';
import { exactHttp } from '../support/exact-http.js';
import { expiredToken } from '../support/expired-token.js';
import { createMigratedDatabase, queryOnce, type TestDatabase } from '../support/postgres.js';
import { type ServiceHere, startServiceHere } from '../support/service-here.js';
import { productionSettings } from '../support/service-process.js';
import {
  type App,
  describeWith,
  exampleFile,
  type Gateway,
  type GatewayName,
  OTHER_SPELLINGS,
  startApp,
  startGateway,
} from '../support/gateway-process.js';

type Headers = Record<string, string>;

const FILES: Record<'nginx' | 'haproxy', [string, Record<string, string>]> = {
  nginx: ['nginx.conf', {}],
  haproxy: ['haproxy.cfg', { '/etc/haproxy/forward-auth.lua': exampleFile('forward-auth.lua') }],
};

describe.each(['nginx', 'haproxy'] as const)('forward auth', (name) => {
  describeWith(name satisfies GatewayName)(`with ${name}`, () => {
    let database: TestDatabase;
    let settings: Record<string, string>;
    let service: ServiceHere;
    let app: App;
    let gateway: Gateway;
    const gatewayTo = (serviceUrl: string) => {
      const [file, others] = FILES[name];
      const addresses = { '127.0.0.1:3000': new URL(serviceUrl).host, '127.0.0.1:4000': app.address };
      return startGateway(name, file, addresses, others);
    };
    beforeAll(async () => {
      database = await createMigratedDatabase();
      settings = {
        ...productionSettings(database.url),
        FORWARD_AUTH: 'on',
        SILENT_REFRESH: 'on',
        COOKIE_SECURE: 'false',
        TRUST_PROXY: '127.0.0.1/32',
      };
      [service, app] = await Promise.all([startServiceHere(settings), startApp()]);
      gateway = await gatewayTo(service.client.url);
    });
    afterEach(() => void app.requests.splice(0));
    afterAll(async () => {
      await gateway?.end();
      app?.close();
      await service?.end();
      await database?.drop();
    });

    const send = (path: string, headers: Headers = {}, method = 'GET', body?: string) =>
      exactHttp(gateway.url + path, { method, headers, body });
    const sendJson = (path: string, body: object, headers: Headers = {}) =>
      send(path, { 'content-type': 'application/json', ...headers }, 'POST', JSON.stringify(body));
    const cookiesIn = (lines: string[]): Headers =>
      Object.fromEntries(lines.map((line) => line.split(';')[0]!.split('=') as [string, string]));
    /** Registers through the gateway, as a browser would. */
    const login = async () => {
      const account = { email: newEmail(), password: PASSWORD };
      const { body, setCookies } = await sendJson('/auth/register', account, {
        'x-auth-transport': 'cookie',
      });
      const { access = '', refresh = '' } = cookiesIn(setCookies);
      return { id: body.user.id as string, access, refresh, cookie: `access=${access}; refresh=${refresh}` };
    };
    const sidOf = (token: string) =>
      JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()).sid;

    it('lets nobody through without a token, and says how to authenticate', async () => {
      for (const headers of [{}, { authorization: 'Bearer junk' }, { cookie: 'access=junk' }] as Headers[]) {
        const answer = await send('/orders', headers);
        expect(answer).toMatchObject({ status: 401, setCookies: [] });
        expect(answer.headers['www-authenticate']).toMatch(/^Bearer \w+="\w+"$/);
      }
      expect(app.requests).toEqual([]);
    });

    it('tells the app who makes the request, by bearer token and by cookie', async () => {
      const { id, access, cookie } = await login();
      for (const headers of [{ authorization: `Bearer ${access}` }, { cookie }] as Headers[])
        expect(await send('/orders?x=1', headers)).toMatchObject({
          status: 200,
          body: 'reached',
          setCookies: [],
        });
      expect(app.requests).toHaveLength(2);
      for (const { headers } of app.requests)
        expect(headers).toMatchObject({ 'x-auth-user': id, 'x-auth-session': sidOf(access) });
    });

    it('tells the app the roles, separated by commas', async () => {
      const email = newEmail();
      await sendJson('/auth/register', { email, password: PASSWORD });
      await queryOnce(database.url, `UPDATE users SET roles = '{admin,"a,b",müller}' WHERE email = $1`, [
        email,
      ]);
      const { body } = await sendJson('/auth/login', { email, password: PASSWORD });
      expect((await send('/orders', { authorization: `Bearer ${body.accessToken}` })).status).toBe(200);
      expect(app.requests[0]!.headers['x-auth-roles']).toBe('admin,a%2Cb,m%C3%BCller');
    });

    it('passes on no identity that the client made up', async () => {
      const { id, cookie } = await login();
      const forged = {
        'x-auth-user': 'root',
        'X-AUTH-ROLES': 'admin',
        'x-auth-session': 'x',
        x_auth_user: 'root',
      };
      expect(await send('/orders', { ...forged, cookie })).toMatchObject({ status: 200 });
      const [{ headers }] = app.requests as [App['requests'][0]];
      expect(headers['x-auth-user']).toBe(id);
      expect(headers['x-auth-roles'] ?? '').toBe('');
      expect(JSON.stringify(headers)).not.toMatch(/root|admin/);
      expect((await send('/orders', forged)).status).toBe(401);
    });

    it('passes on no identity under another spelling of its name', async () => {
      const { id, cookie } = await login();
      const forged = Object.fromEntries(OTHER_SPELLINGS.map((spelling) => [spelling, 'forged']));
      expect(await send('/orders', { ...forged, cookie })).toMatchObject({ status: 200 });
      const [{ headers }] = app.requests as [App['requests'][0]];
      expect(headers['x-auth-user']).toBe(id);
      expect(JSON.stringify(headers)).not.toContain('forged');
    });

    it('passes on a body, compressed or not, without sending it to the service', async () => {
      const { cookie } = await login();
      const headers = { cookie, 'content-type': 'text/plain', 'content-encoding': 'gzip' };
      expect(await send('/orders', headers, 'PUT', 'not really gzip')).toMatchObject({ status: 200 });
      expect(app.requests).toMatchObject([{ method: 'PUT', body: 'not really gzip' }]);
    });

    it('refuses what a foreign page would do with the cookies', async () => {
      const { access, cookie } = await login();
      const evil = { origin: 'https://evil.example', cookie };
      for (const extra of [
        {},
        { 'sec-fetch-site': 'cross-site' },
        { 'x-original-method': 'GET' },
        { 'x-forwarded-method': 'GET' },
        { 'x-forwarded-host': 'evil.example' },
        { 'sec-fetch-site': 'none' },
      ] as Headers[])
        expect(await send('/orders', { ...evil, ...extra }, 'POST', '{}')).toMatchObject({ status: 403 });
      const socket = {
        ...evil,
        'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
        'sec-websocket-version': '13',
      };
      expect(await send('/orders', socket)).toMatchObject({ status: 403 });
      expect(app.requests).toEqual([]);

      const passes: [Headers, string][] = [
        [{ cookie, origin: gateway.url }, 'POST'],
        [{ cookie, origin: gateway.url, 'sec-fetch-site': 'same-origin' }, 'DELETE'],
        [{ ...evil, 'sec-fetch-site': 'cross-site' }, 'GET'],
        [{ cookie, 'sec-fetch-site': 'none' }, 'GET'],
        [{ cookie }, 'POST'],
        [{ ...evil, authorization: `Bearer ${access}` }, 'POST'],
      ];
      for (const [headers, method] of passes)
        expect(await send('/orders', headers, method)).toMatchObject({ status: 200 });
    });

    it('never renews, so that an expired cookie is not lost: the browser refreshes and goes on', async () => {
      const { access, refresh } = await login();
      const old = await expiredToken(access, settings.JWT_ACCESS_PRIVATE_KEY!);
      for (let times = 0; times < 3; times++) {
        const cookie = `access=${old}; refresh=${refresh}`;
        expect(await send('/orders', { cookie })).toMatchObject({ status: 401, setCookies: [] });
        expect(await send('/orders', { cookie: `refresh=${refresh}` })).toMatchObject({
          status: 401,
          setCookies: [],
        });
      }
      const renewed = await send('/auth/refresh', { cookie: `refresh=${refresh}` }, 'POST');
      const fresh = cookiesIn(renewed.setCookies);
      expect((await send('/orders', { cookie: `access=${fresh.access}` })).status).toBe(200);
      expect((await send('/auth/refresh', { cookie: `refresh=${fresh.refresh}` }, 'POST')).status).toBe(200);
    });

    it('notices a logout at the next request', async () => {
      const { cookie } = await login();
      expect((await send('/orders', { cookie })).status).toBe(200);
      expect((await send('/auth/logout', { cookie }, 'POST')).status).toBe(204);
      expect((await send('/orders', { cookie })).status).toBe(401);
    });

    it('does not offer the endpoint to the outside', async () => {
      const { cookie } = await login();
      const spellings = [
        'forward',
        '%66orward',
        'FORWARD',
        'forward/',
        'forward%2F',
        '/forward',
        'x/../forward',
      ];
      for (const path of [...spellings, 'forward?x=1'])
        expect([path, (await send(`/auth/${path}`, { cookie })).status]).toEqual([path, 404]);
    });

    it('lets nobody through while the service is away', async () => {
      const { cookie } = await login();
      const away = await gatewayTo('http://127.0.0.1:1');
      const answer = await exactHttp(`${away.url}/orders`, { method: 'GET', headers: { cookie } });
      expect(answer).toMatchObject({ status: 503 });
      expect(app.requests).toEqual([]);
      await away.end();
    });
  });
});
