import { createLatchkeyNext, type LatchkeyNext } from '../../src/next/latchkey-next.js';
import { type FlakyProxy, startFlakyProxy } from '../browser/support/flaky-proxy.js';
import { newEmail, PASSWORD } from '../support/client.js';
import { expiredToken } from '../support/expired-token.js';
import { createMigratedDatabase, type TestDatabase } from '../support/postgres.js';
import { type ServiceHere, startServiceHere } from '../support/service-here.js';
import { productionSettings, PUBLIC_URL } from '../support/service-process.js';

const APP = 'http://app.example.com';
const REFRESH = '/auth/refresh';

let database: TestDatabase;
let settings: Record<string, string>;
let service: ServiceHere;
let network: FlakyProxy;
let latchkey: LatchkeyNext;

beforeAll(async () => {
  database = await createMigratedDatabase();
  settings = productionSettings(database.url);
  service = await startServiceHere(settings);
});
afterAll(async () => {
  await service.end();
  await database.drop();
});
beforeEach(async () => {
  network = await startFlakyProxy(service.client.url);
  latchkey = createLatchkeyNext({ url: network.url, issuer: PUBLIC_URL });
});
afterEach(() => network.close());

/** The cookies of a browser. */
class Jar {
  readonly cookies = new Map<string, string>();

  get(name: string) {
    const value = this.cookies.get(name);
    return value === undefined ? undefined : { value };
  }

  /** The names of all but the proof of the browser, which stays when a session ends. */
  get ofSession(): string[] {
    return [...this.cookies.keys()].filter((name) => name !== DEVICE).sort();
  }

  get header() {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  take(response: Response): void {
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!;
      if (value) this.cookies.set(name!, value);
      else this.cookies.delete(name!);
    }
  }
}

/** What Next's own `NextResponse.next` is given; the page behind it sees these headers. */
const seenByPages = new WeakMap<Response, Headers>();
const NextResponse = {
  next({ request }: { request: { headers: Headers } }): Response {
    const response = new Response(null);
    seenByPages.set(response, request.headers);
    return response;
  },
};

function post(path: string, jar: Jar, body?: unknown, headers: Record<string, string> = {}): Request {
  return new Request(`${APP}/api/${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      cookie: jar.header,
      'sec-fetch-site': 'same-origin',
      ...headers,
    },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
}

async function signIn() {
  const jar = new Jar();
  const account = { email: newEmail(), password: PASSWORD };
  const response = await latchkey.handlers.register(post('register', jar, account));
  jar.take(response);
  return { jar, account, answer: (await response.json()) as { user: { id: string } } };
}

/** Runs the middleware on a page request; returns the cookies the page sees, and the answer the browser gets. */
async function visit(jar: Jar, ahead: Record<string, string> = {}) {
  const request = new Request(`${APP}/dashboard`, { headers: { ...ahead, cookie: jar.header } });
  const response = await latchkey.middleware(NextResponse)(request);
  const page = new Jar();
  for (const pair of (seenByPages.get(response)?.get('cookie') ?? '').split('; ').filter(Boolean)) {
    const at = pair.indexOf('=');
    page.cookies.set(pair.slice(0, at), pair.slice(at + 1));
  }
  return { response, session: await latchkey.getSession(page), page };
}

const ACCESS = '__Host-access';
const DEVICE = '__Host-device';
const REFRESH_COOKIE = '__Host-refresh';

async function expire(jar: Jar): Promise<void> {
  jar.cookies.set(ACCESS, await expiredToken(jar.cookies.get(ACCESS)!, settings.JWT_ACCESS_PRIVATE_KEY!));
}

const errorIn = async (response: Response) => ((await response.json()) as { error: string }).error;

describe('the route handlers for Next.js', () => {
  it('sign in with cookies of the app, and no token in the body', async () => {
    const { jar, account, answer } = await signIn();
    expect(answer).toMatchObject({ user: { email: account.email }, expiresIn: 900 });
    expect(answer).not.toHaveProperty('accessToken');
    expect([...jar.cookies.keys()].sort()).toEqual([ACCESS, DEVICE, REFRESH_COOKIE]);

    const again = await latchkey.handlers.login(post('login', new Jar(), account));
    expect([again.status, again.headers.getSetCookie().length]).toEqual([200, 3]);
    expect(again.headers.get('cache-control')).toBe('no-store');
  });

  it('hand back what the service refuses', async () => {
    const response = await latchkey.handlers.login(
      post('login', new Jar(), { email: 'a@example.com', password: 'x' }),
    );
    expect([response.status, await errorIn(response)]).toEqual([401, 'INVALID_CREDENTIALS']);
  });

  it('refresh, and log out', async () => {
    const { jar } = await signIn();
    const before = jar.header;
    jar.take(await latchkey.handlers.refresh(post('refresh', jar)));
    expect(jar.header).not.toBe(before);
    const response = await latchkey.handlers.logout(post('logout', jar));
    jar.take(response);
    expect([response.status, jar.ofSession.length]).toEqual([204, 0]);
  });

  it('refuse requests from other sites', async () => {
    const { jar } = await signIn();
    for (const headers of [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { 'sec-fetch-site': 'none' },
      { 'sec-fetch-site': 'same-origin', origin: 'null' },
      { 'sec-fetch-site': '', origin: 'https://evil.example' },
      { 'sec-fetch-site': '', origin: 'null' },
    ]) {
      const response = await latchkey.handlers.logout(post('logout', jar, undefined, headers as never));
      expect([response.status, await errorIn(response)]).toEqual([403, 'CSRF_REJECTED']);
    }
    expect(network.seen['/auth/logout']).toBeUndefined();
  });

  it.each(['request-lost', 'response-cut'] as const)('say so when the service is away (%s)', async (fate) => {
    network.fate = () => fate;
    const response = await latchkey.handlers.login(post('login', new Jar(), {}));
    expect([response.status, await errorIn(response)]).toEqual([503, 'UNAVAILABLE']);
  });
});

describe('getSession', () => {
  it('knows the user by the access cookie, without a call to the service but for its keys', async () => {
    const { jar, answer } = await signIn();
    const before = { ...network.seen };
    const session = await latchkey.getSession(jar);
    expect(session).toMatchObject({ userId: answer.user.id, roles: [], permissions: [] });
    expect(await latchkey.getSession(jar)).toEqual(session);
    expect(network.seen).toEqual({ ...before, '/.well-known/jwks.json': 1 });
  });

  it.each([
    ['nothing', () => undefined],
    ['no token', () => 'abc'],
    ['a refresh token', (jar: Jar) => jar.cookies.get(REFRESH_COOKIE)],
    ['a changed token', (jar: Jar) => jar.cookies.get(ACCESS)!.replace(/\.[^.]{4}/, '.AAAA')],
  ])('is null for %s', async (_, token) => {
    const { jar } = await signIn();
    const value = token(jar);
    expect(await latchkey.getSession({ get: () => (value === undefined ? value : { value }) })).toBeNull();
  });

  it('is null for tokens of another issuer or audience', async () => {
    const { jar } = await signIn();
    for (const other of [{ issuer: 'other' }, { issuer: `${PUBLIC_URL}/` }, { audience: 'other' }]) {
      const app = createLatchkeyNext({ url: network.url, issuer: PUBLIC_URL, ...other });
      expect(await app.getSession(jar)).toBeNull();
    }
  });

  it('needs no issuer where the app reaches the service under its own address, as in development', async () => {
    const { PUBLIC_URL: _, ...rest } = settings;
    const here = await startServiceHere({ ...rest, NODE_ENV: 'development', COOKIE_SECURE: 'true' });
    const app = createLatchkeyNext({ url: here.client.url });
    const jar = new Jar();
    const account = { email: newEmail(), password: PASSWORD };
    await here.client.post('/auth/register', account);
    jar.take(await app.handlers.login(post('login', jar, account)));
    const session = await app.getSession(jar);
    await here.end();
    expect(session?.claims.iss).toBe(here.client.url);
  });

  it('is there for a token of any listed issuer', async () => {
    const { jar } = await signIn();
    const app = createLatchkeyNext({ url: network.url, issuer: ['latchkey', PUBLIC_URL] });
    expect(await app.getSession(jar)).not.toBeNull();
  });

  it('does not take the absence of keys for the absence of a session', async () => {
    const { jar } = await signIn();
    network.fate = () => 'request-lost';
    await expect(latchkey.getSession(jar)).rejects.toThrow(/fetch/);
    network.fate = () => ({ status: 503 });
    await expect(latchkey.getSession(jar)).rejects.toThrow(/200 OK/);
  });
});

describe('the middleware for Next.js', () => {
  it('leaves a good session alone', async () => {
    const { jar } = await signIn();
    const { response, session } = await visit(jar);
    expect(session).not.toBeNull();
    expect(response.headers.getSetCookie()).toEqual([]);
    expect(network.seen[REFRESH]).toBeUndefined();
  });

  it('refreshes for a page whose access cookie is missing: page and browser get the new cookies', async () => {
    const { jar, answer } = await signIn();
    jar.cookies.delete(ACCESS);
    const { response, session } = await visit(jar);
    expect(session?.userId).toBe(answer.user.id);
    jar.take(response);
    expect((await latchkey.getSession(jar))?.userId).toBe(answer.user.id);
    expect(response.headers.get('cache-control')).toBe('private, no-store');
    expect((await visit(jar)).response.headers.getSetCookie()).toEqual([]);
  });

  it('refreshes once for all requests of a page', async () => {
    const { jar } = await signIn();
    jar.cookies.delete(ACCESS);
    const visits = await Promise.all(Array.from({ length: 10 }, () => visit(jar)));
    expect(visits.every(({ session }) => session !== null)).toBe(true);
    // Also for one that comes late with the old cookies.
    expect((await visit(jar)).session).not.toBeNull();
    expect(network.seen[REFRESH]).toBe(1);
  });

  it('tries again when an answer is lost', async () => {
    const { jar } = await signIn();
    jar.cookies.delete(ACCESS);
    network.fate = (path) => (path === REFRESH && network.seen[path] === 1 ? 'response-lost' : 'ok');
    expect((await visit(jar)).session).not.toBeNull();
  });

  it('takes cookies of an ended session away', async () => {
    const { jar } = await signIn();
    await latchkey.handlers.logout(post('logout', jar));
    jar.cookies.delete(ACCESS);
    const { response, session, page } = await visit(jar);
    expect([session, page.ofSession.length]).toEqual([null, 0]);
    jar.take(response);
    expect(jar.ofSession.length).toBe(0);
  });

  it('keeps the cookies when the service is away', async () => {
    const { jar } = await signIn();
    jar.cookies.delete(ACCESS);
    for (const fate of ['busy', { status: 429 }, 'request-lost'] as const) {
      network.fate = (path) => (path === REFRESH ? fate : 'ok');
      const { response, session } = await visit(jar);
      expect([session, response.headers.getSetCookie()]).toEqual([null, []]);
    }
    network.fate = () => 'ok';
    expect((await visit(jar)).session).not.toBeNull();
  });

  it('takes an invalid access cookie away instead of trying it again', async () => {
    const { jar } = await signIn();
    jar.cookies.set(ACCESS, 'not-a-token');
    const { response, session, page } = await visit(jar);
    expect([session, page.get(ACCESS)]).toEqual([null, undefined]);
    expect(response.headers.getSetCookie()).toEqual([`${ACCESS}=; Max-Age=0; Path=/; HttpOnly; Secure`]);
    expect(network.seen[REFRESH]).toBeUndefined();
    jar.take(response);
    expect((await visit(jar)).session).not.toBeNull();
  });

  it('refreshes for a page whose access cookie has expired', async () => {
    const { jar, answer } = await signIn();
    await expire(jar);
    expect(await latchkey.getSession(jar)).toBeNull();
    const { response, session } = await visit(jar);
    expect(session?.userId).toBe(answer.user.id);
    jar.take(response);
    expect((await latchkey.getSession(jar))?.userId).toBe(answer.user.id);
    expect(network.seen[REFRESH]).toBe(1);
  });

  it.each([
    ['garbage', () => 'garbage'],
    ['a refresh token', (jar: Jar) => jar.cookies.get(REFRESH_COOKIE)!],
    ['a changed token', (jar: Jar) => jar.cookies.get(ACCESS)!.replace(/\.[^.]{4}/, '.AAAA')],
    ['a changed token that has expired', (jar: Jar) => jar.cookies.get(ACCESS)!.replace(/[^.]{4}$/, 'AAAA')],
  ])('takes %s away where the access cookie should be, and keeps the refresh cookie', async (_, forge) => {
    const { jar } = await signIn();
    await expire(jar);
    jar.cookies.set(ACCESS, forge(jar));
    const { response, session, page } = await visit(jar);
    expect([session, page.ofSession]).toEqual([null, [REFRESH_COOKIE]]);
    jar.take(response);
    expect(jar.ofSession).toEqual([REFRESH_COOKIE]);
    expect(network.seen[REFRESH]).toBeUndefined();
  });

  it('signs out cleanly when the session was ended elsewhere, as soon as the access cookie ends', async () => {
    const { jar } = await signIn();
    await service.client.post('/auth/logout-all', undefined, { token: jar.cookies.get(ACCESS) });
    expect((await visit(jar)).session).not.toBeNull();
    await expire(jar);
    const { response, session, page } = await visit(jar);
    expect([session, page.ofSession.length]).toEqual([null, 0]);
    jar.take(response);
    expect(jar.ofSession.length).toBe(0);
  });

  it('signs out cleanly when the refresh cookie was used by another before', async () => {
    const { jar } = await signIn();
    const thief = new Jar();
    thief.cookies.set(REFRESH_COOKIE, jar.cookies.get(REFRESH_COOKIE)!);
    const elsewhere = createLatchkeyNext({ url: service.client.url, issuer: PUBLIC_URL });
    for (let times = 0; times < 2; times++) {
      thief.take(await elsewhere.handlers.refresh(post('refresh', thief)));
    }
    await expire(jar);
    const { response, session } = await visit(jar);
    jar.take(response);
    expect([session, jar.ofSession.length]).toEqual([null, 0]);
    // The thief is out, too.
    expect((await elsewhere.handlers.refresh(post('refresh', thief))).status).toBe(401);
  });

  describe.each([
    ['sec-purpose', 'prefetch'],
    ['sec-purpose', 'prefetch;prerender'],
    ['purpose', 'prefetch'],
    ['x-moz', 'prefetch'],
    ['next-router-prefetch', '1'],
  ])('of what is fetched ahead (%s: %s)', (name, value) => {
    it.each([
      ['expired', expire],
      ['missing', (jar: Jar) => void jar.cookies.delete(ACCESS)],
      ['garbage', (jar: Jar) => void jar.cookies.set(ACCESS, 'garbage')],
    ])('changes no cookie and shows no page as if signed out: %s', async (_, spoil) => {
      const { jar } = await signIn();
      await spoil(jar);
      const { response } = await visit(jar, { [name]: value });
      expect([response.status, response.headers.getSetCookie()]).toEqual([503, []]);
      expect(response.headers.get('cache-control')).toBe('no-store');
      expect(network.seen[REFRESH]).toBeUndefined();
    });

    it('passes on what is signed in, and what is signed out', async () => {
      const { jar } = await signIn();
      expect((await visit(jar, { [name]: value })).session).not.toBeNull();
      const { response, session } = await visit(new Jar(), { [name]: value });
      expect([response.status, session]).toEqual([200, null]);
    });
  });
});
