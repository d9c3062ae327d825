import { LatchkeyError } from '../../src/client/latchkey-client.js';
import { CREDENTIALS, FakeService, USER } from './support/fake-service.js';

const html = (status: number) => () =>
  new Response('<!doctype html><title>Accept the terms of this network</title>', {
    status,
    headers: { 'content-type': 'text/html' },
  });
const json =
  (body: unknown, status = 200) =>
  () =>
    Response.json(body, { status });
const GOOD = { accessToken: 'a', refreshToken: 'r', expiresIn: 900, user: USER };

const STRANGE: [string, () => Response][] = [
  ['a page', html(200)],
  ['a page with 401', html(401)],
  ['a page with 403', html(403)],
  ['a page with 404', html(404)],
  ['a page with 407', html(407)],
  ['a page with 511', html(511)],
  ['a redirect to a page', () => new Response(null, { status: 302, headers: { location: '/portal' } })],
  ['nothing', () => new Response(null, { status: 204 })],
  ['an empty 200', () => new Response('')],
  ['half of a body', () => new Response('{"accessToken":"a","refreshToken":"r","expi')],
  ['a list', json([])],
  ['null', json(null)],
  ['a number', json(5)],
  ['JSON without tokens', json({ user: USER, expiresIn: 900 })],
  ['an access token alone', json({ ...GOOD, refreshToken: undefined })],
  ['tokens that are empty', json({ ...GOOD, accessToken: '', refreshToken: '' })],
  ['tokens that are no text', json({ ...GOOD, accessToken: {}, refreshToken: 1 })],
  ['tokens without a lifetime', json({ ...GOOD, expiresIn: undefined })],
  ['a lifetime that is a text', json({ ...GOOD, expiresIn: '900' })],
  ['a lifetime of nothing', json({ ...GOOD, expiresIn: 0 })],
  ['a negative lifetime', json({ ...GOOD, expiresIn: -1 })],
  ['a 401 whose code is an object', json({ error: { code: 'TOKEN_REVOKED' } }, 401)],
  ['a 500 with a final code', json({ error: 'TOKEN_REVOKED' }, 500)],
  ["a gateway's own 401", json({ error: 'Unauthorized' }, 401)],
  ["a gateway's own 403", json({ error: 'Forbidden', message: 'Access denied' }, 403)],
  ["a gateway's own 404", json({ error: 'Not Found', statusCode: 404 }, 404)],
  ['a 404 whose error is a number', json({ error: 404 }, 404)],
];
/** With cookies an answer has no tokens. */
const STRANGE_WITH_COOKIES = STRANGE.filter(([name]) => !/tokens? (that|alone)|JSON without/.test(name));

describe('a refresh that something else answers', () => {
  it.concurrent.each(STRANGE)('is tried again after %s, and nobody is signed out', async (_, strange) => {
    const service = new FakeService();
    const { client, ended } = service.client();
    await client.login(CREDENTIALS);
    service.instead['/auth/refresh'] = [strange, strange];
    expect(await client.refresh()).toBe(true);
    expect((await client.fetch('x')).status).toBe(200);
    expect(ended).toEqual([]);
  });

  it.concurrent.each(STRANGE_WITH_COOKIES)(
    'is tried again after %s with cookies, too',
    async (_, strange) => {
      const service = new FakeService();
      const { client, ended } = service.client({
        transport: 'cookie',
        fetch: async () => (answers.shift() ?? json({ user: USER, expiresIn: 900 }))(),
      });
      const answers = [json({ user: USER, expiresIn: 900 }), strange, strange];
      await client.login(CREDENTIALS);
      expect(await client.refresh()).toBe(true);
      expect(answers).toEqual([]);
      expect(ended).toEqual([]);
    },
  );

  it.concurrent(
    'fails after a while, keeps the session, and neither hurries nor hangs',
    async () => {
      const own = new FakeService();
      const { client, ended } = own.client();
      await client.login(CREDENTIALS);
      own.instead['/auth/refresh'] = Array.from({ length: 100 }, () => html(200));
      await expect(client.refresh()).rejects.toMatchObject({ code: 'UNKNOWN', status: 200 });
      expect(own.seen.length).toBeLessThan(20);
      own.instead['/auth/refresh'] = [];
      expect(await client.getAccessToken()).toBe('access 1');
      expect(await client.refresh()).toBe(true);
      expect(await client.getUser()).toEqual(USER);
      expect(ended).toEqual([]);
      own.end();
    },
    20_000,
  );

  it.concurrent('ends the session when the service says so', async () => {
    const service = new FakeService();
    const { client, ended } = service.client();
    await client.login(CREDENTIALS);
    service.instead['/auth/refresh'] = [json({ error: 'TOKEN_REVOKED' }, 401)];
    expect(await client.refresh()).toBe(false);
    expect(ended).toEqual(['TOKEN_REVOKED']);
  });

  it.concurrent('never follows a redirect with a credential in its body', async () => {
    const service = new FakeService();
    const redirects: string[] = [];
    const { client } = service.client({
      fetch: async (_, init) => {
        redirects.push(init!.redirect!);
        return Response.json(service.session());
      },
    });
    await client.login(CREDENTIALS);
    await client.refresh();
    expect(redirects).toEqual(['manual', 'manual']);
  });
});

describe('other calls that something else answers', () => {
  it.concurrent.each(STRANGE)(
    'a login with %s fails, once, and keeps the session of before',
    async (_, strange) => {
      const service = new FakeService();
      const { client, ended } = service.client();
      await client.login(CREDENTIALS);
      for (const call of ['login', 'register'] as const) {
        service.instead[`/auth/${call}`] = [strange];
        await expect(client[call](CREDENTIALS)).rejects.toBeInstanceOf(LatchkeyError);
      }
      expect(await client.getUser()).toEqual(USER);
      expect(await client.refresh()).toBe(true);
      expect(ended).toEqual([]);
    },
  );

  it.concurrent.each(STRANGE.filter(([name]) => name !== 'nothing'))(
    'a logout with %s is tried again, so that the session has really ended',
    async (_, strange) => {
      const service = new FakeService();
      const { client } = service.client();
      await client.login(CREDENTIALS);
      service.seen.length = 0;
      service.instead['/auth/logout'] = [strange];
      await client.logout();
      expect(service.seen).toEqual(['/auth/logout', '/auth/logout']);
    },
  );

  it.concurrent.each(STRANGE)(
    'getUser with %s fails instead of saying that nobody is signed in',
    async (_, strange) => {
      const service = new FakeService();
      const stored = new Map<string, string>();
      const storage = {
        getItem: (key: string) => stored.get(key) ?? null,
        setItem: (key: string, value: string) => void stored.set(key, value),
      };
      const first = service.client({ storage });
      await first.client.login(CREDENTIALS);
      first.client.close();
      const { client, ended } = service.client({ storage });
      service.instead['/auth/me'] = [() => (strange().ok ? html(200)() : strange())];
      await expect(client.getUser()).rejects.toBeInstanceOf(LatchkeyError);
      expect(client.getSnapshot().status).not.toBe('signed-out');
      expect(await client.getUser()).toEqual(USER);
      expect(ended).toEqual([]);
    },
  );

  it.concurrent('a request whose 401 is a page gets that page', async () => {
    const service = new FakeService();
    const { client, ended } = service.client();
    await client.login(CREDENTIALS);
    service.instead['/x'] = [html(401)];
    const response = await client.fetch('x');
    expect(await response.text()).toContain('Accept the terms');
    expect(ended).toEqual([]);
  });
});
