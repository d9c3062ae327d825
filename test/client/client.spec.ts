import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { accountOf } from '../../src/client/account.js';
import {
  createLatchkeyClient,
  type LatchkeyClient,
  type LatchkeyClientOptions,
  LatchkeyError,
  type TokenStorage,
} from '../../src/client/latchkey-client.js';
import { type Fate, type FlakyProxy, startFlakyProxy } from '../browser/support/flaky-proxy.js';
import { newEmail, PASSWORD } from '../support/client.js';
import { createMigratedDatabase, type TestDatabase } from '../support/postgres.js';
import { productionSettings, type ServiceProcess, startServiceProcess } from '../support/service-process.js';

let database: TestDatabase;
let service: ServiceProcess;
let network: FlakyProxy;
const clients: LatchkeyClient[] = [];

beforeAll(async () => {
  database = await createMigratedDatabase();
  service = await startServiceProcess({
    ...productionSettings(database.url),
    JWT_ACCESS_TTL: '2s',
    CLOCK_TOLERANCE: '0s',
  });
});
afterAll(async () => {
  await service.end();
  await database.drop();
});
beforeEach(async () => {
  network = await startFlakyProxy(service.client.url);
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await network.close();
});

const REFRESH = '/auth/refresh';
const EXPIRED: Fate = { status: 401, error: 'TOKEN_EXPIRED' };

class MemoryStorage implements TokenStorage {
  readonly entries = new Map<string, string>();
  getItem = (key: string) => this.entries.get(key) ?? null;
  setItem = (key: string, value: string) => void this.entries.set(key, value);
}

function create(options: Partial<LatchkeyClientOptions> = {}) {
  const ended: string[] = [];
  const client = createLatchkeyClient({
    baseUrl: options.baseUrl ?? network.url,
    transport: 'body',
    onSignedOut: (code) => ended.push(code),
    ...options,
  });
  clients.push(client);
  return { client, ended };
}

async function signedIn(options: Partial<LatchkeyClientOptions> = {}) {
  const made = create(options);
  const email = newEmail();
  const { outcome, ...user } = await made.client.register({ email, password: PASSWORD });
  expect(outcome).toBe('signed-in');
  return { ...made, email, user };
}

/** Gives the requests to one address these fates, one after the other; then all is well. */
function fates(on: FlakyProxy, path: string, ...list: Fate[]) {
  on.fate = (asked) => (asked === path ? (list.shift() ?? 'ok') : 'ok');
}

const statusOf = async (client: LatchkeyClient, path = 'api/protected') => (await client.fetch(path)).status;

/** The status of a request for which the access token of before is too old. */
async function afterExpiry(client: LatchkeyClient) {
  const now = Date.now;
  const ahead = Date.now() + 3_000;
  Date.now = () => Math.max(now(), ahead);
  try {
    return await statusOf(client);
  } finally {
    Date.now = now;
  }
}

describe('the client', () => {
  it('registers, knows the user, reaches guarded routes and logs out', async () => {
    const { client, email, ended } = await signedIn();
    expect(await client.getUser()).toMatchObject({ email, roles: [] });
    expect(await statusOf(client)).toBe(200);
    await client.logout();
    expect(await client.getUser()).toBeNull();
    expect(await statusOf(client)).toBe(401);
    expect(ended).toEqual(['LOGGED_OUT']);
  });

  it('logs in, and says why when it cannot', async () => {
    const { email } = await signedIn();
    const { client } = create({ baseUrl: `${network.url}/` });
    const refused = client.login({ email, password: 'a wrong password of mine' });
    await expect(refused).rejects.toMatchObject({ code: 'INVALID_CREDENTIALS', status: 401 });
    await expect(refused).rejects.toBeInstanceOf(LatchkeyError);
    expect(await client.login({ email, password: PASSWORD })).toMatchObject({ outcome: 'signed-in', email });
  });

  it('is null for nobody, without asking the service', async () => {
    const { client, ended } = create();
    expect(await client.getUser()).toBeNull();
    expect(await client.refresh()).toBe(false);
    expect(network.seen).toEqual({});
    expect(ended).toEqual([]);
  });

  it('refreshes before the access token ends: no request is refused', async () => {
    const { client } = await signedIn();
    expect(await afterExpiry(client)).toBe(200);
    expect(network.seen).toMatchObject({ [REFRESH]: 1, '/api/protected': 1 });
  });

  it.each([
    ['has ended', 'TOKEN_EXPIRED'],
    ['is missing', 'TOKEN_MISSING'],
    ['is not good any more, as after a change of keys', 'INVALID_TOKEN'],
  ])(
    'refreshes once when the service says the token %s, and sends the same request again',
    async (_, error) => {
      const { client } = await signedIn();
      fates(network, '/api/protected', { status: 401, error });
      const response = await client.fetch('/api/protected', { headers: { 'x-mine': '1' } });
      expect(response.status).toBe(200);
      expect(network.seen).toMatchObject({ [REFRESH]: 1, '/api/protected': 2 });
    },
  );

  it('never loops: a service that always says so is believed the second time', async () => {
    const { client, ended } = await signedIn();
    network.fate = (path) => (path === '/api/protected' ? EXPIRED : 'ok');
    expect(await statusOf(client)).toBe(401);
    expect(network.seen).toMatchObject({ [REFRESH]: 1, '/api/protected': 2 });
    expect(ended).toEqual([]);
  });

  it('sends a body again with the request', async () => {
    const { client } = await signedIn();
    fates(network, '/auth/password', EXPIRED);
    const body = JSON.stringify({ currentPassword: PASSWORD, newPassword: 'another long sentence of mine' });
    const headers = { 'content-type': 'application/json' };
    const request = new Request(`${network.url}/auth/password`, { method: 'POST', body, headers });
    expect((await client.fetch(request)).status).toBe(204);
  });

  it('refreshes once for many requests at a time', async () => {
    const { client } = await signedIn();
    network.fate = (path) => (path === '/api/protected' && !network.succeeded[REFRESH] ? EXPIRED : 'ok');
    const statuses = await Promise.all(Array.from({ length: 20 }, () => statusOf(client)));
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(network.succeeded[REFRESH]).toBe(1);
  });
});

describe('a refresh', () => {
  // Each over a network of its own, side by side: they take as long as a client really waits.
  it.concurrent.each<[string, Fate[]]>([
    ['the request is lost', ['request-lost']],
    ['the response is lost', ['response-lost', 'response-lost', 'response-lost']],
    ['the response breaks off', ['response-cut']],
    ['the service is busy', ['busy']],
    ['there are too many requests', [{ status: 429, headers: { 'retry-after': '1' } }]],
    ['a proxy answers for the service', [{ status: 502 }, { status: 504 }]],
    ['nothing ever comes back', ['never-answered']],
    ['the answer is slow', [{ delayMs: 3_500 }]],
  ])('goes on with the same refresh token when %s', async (_, list) => {
    const own = await startFlakyProxy(service.client.url);
    const { client, ended } = await signedIn({ baseUrl: own.url });
    try {
      fates(own, REFRESH, ...list);
      expect(await client.refresh()).toBe(true);
      expect(await statusOf(client)).toBe(200);
      expect(await client.refresh()).toBe(true);
      expect(ended).toEqual([]);
    } finally {
      client.close();
      await own.close();
    }
  });

  it('does not try again before Retry-After has passed', async () => {
    const { client } = await signedIn();
    fates(network, REFRESH, { status: 429, headers: { 'retry-after': '60' } });
    await expect(client.refresh()).rejects.toMatchObject({ status: 429, retryAfter: 60 });
    await expect(client.refresh()).rejects.toMatchObject({ status: 429, retryAfter: 60 });
    expect(network.seen[REFRESH]).toBe(1);
    // The access token is good still: what needs no refresh yet goes through.
    expect(await statusOf(client)).toBe(200);
  });

  it('that is refused for another reason signs nobody out', async () => {
    const { client, ended } = await signedIn();
    fates(network, REFRESH, { status: 403 }, { status: 404 }, { status: 401 });
    await expect(client.refresh()).rejects.toMatchObject({ status: 403 });
    await expect(client.refresh()).rejects.toMatchObject({ status: 404 });
    await expect(client.refresh()).rejects.toMatchObject({ status: 401 });
    expect(await client.refresh()).toBe(true);
    expect(ended).toEqual([]);
  });

  it('of a session that was ended elsewhere signs out, once', async () => {
    const storage = new MemoryStorage();
    const { client, ended } = await signedIn({ storage });
    const [{ refreshToken }] = [...storage.entries.values()].map((text) => JSON.parse(text));
    await service.client.post('/auth/logout', { refreshToken });
    expect(await statusOf(client)).toBe(401);
    expect(await client.refresh()).toBe(false);
    expect(await client.getUser()).toBeNull();
    expect(ended).toEqual(['TOKEN_REVOKED']);
  });
});

describe('tokens', () => {
  it('go to the origin of the service and to no other', async () => {
    const heard: unknown[] = [];
    const stranger = createServer((request, response) => {
      heard.push(request.headers.authorization ?? request.headers.cookie ?? 'nothing');
      response.end('{}');
    }).listen(0, '127.0.0.1');
    await once(stranger, 'listening');
    const url = `http://127.0.0.1:${(stranger.address() as AddressInfo).port}/api`;
    const { client } = await signedIn();
    await client.fetch(url);
    await client.fetch(url.replace('127.0.0.1', 'localhost'));
    network.fate = () => ({ status: 307, headers: { location: url } });
    await client.fetch('/api/protected');
    stranger.close();
    expect(heard).toEqual(['nothing', 'nothing', 'nothing']);
  });

  it('leave alone a request that has its own authorization', async () => {
    const { client } = await signedIn();
    const response = await client.fetch('api/protected', { headers: { authorization: 'Bearer mine' } });
    expect(await response.json()).toMatchObject({ error: 'INVALID_TOKEN' });
    expect(network.seen[REFRESH]).toBeUndefined();
  });

  it('live in memory unless told otherwise; a storage carries them over', async () => {
    const storage = new MemoryStorage();
    const { client, user } = await signedIn({ storage });
    client.close();
    const again = create({ storage }).client;
    expect(await again.getUser()).toEqual(user);
    expect(await again.refresh()).toBe(true);
  });

  it('are shared with other pages of the origin, and so is the end of a session', async () => {
    const first = await signedIn();
    const second = create();
    expect(await second.client.getUser()).toEqual(first.user);
    for (let round = 0; round < 10; round++) {
      await Promise.all([first.client.refresh(), second.client.refresh()]);
    }
    expect(await Promise.all([statusOf(first.client), statusOf(second.client)])).toEqual([200, 200]);
    await first.client.logout();
    expect(await second.client.getUser()).toBeNull();
    expect([first.ended, second.ended]).toEqual([['LOGGED_OUT'], ['LOGGED_OUT']]);
  });

  it('are forgotten at logout even when the service cannot be told', async () => {
    const { client } = await signedIn();
    network.fate = () => ({ status: 429, headers: { 'retry-after': '60' } });
    await expect(client.logout()).rejects.toMatchObject({ status: 429 });
    expect(await client.getUser()).toBeNull();
  });
});

describe('the account', () => {
  const NEW_PASSWORD = 'another long sentence of mine';

  /** Somebody with two sessions: the second one is from elsewhere. */
  async function signedInTwice() {
    const made = await signedIn();
    const elsewhere = await service.client.post('/auth/login', { email: made.email, password: PASSWORD });
    expect(elsewhere.status).toBe(200);
    return { ...made, account: accountOf(made.client) };
  }

  it('lists sessions and ends them', async () => {
    const { client, account } = await signedInTwice();
    const sessions = await account.sessions();
    expect(sessions.map(({ current }) => current).toSorted()).toEqual([false, true]);
    await account.endSession(sessions.find(({ current }) => !current)!.id);
    expect(await account.sessions()).toHaveLength(1);
    await expect(account.endSession(crypto.randomUUID())).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await statusOf(client)).toBe(200);
  });

  it('ends all other sessions', async () => {
    const { client, account } = await signedInTwice();
    await account.endOtherSessions();
    expect(await account.sessions()).toMatchObject([{ current: true }]);
    expect(await client.refresh()).toBe(true);
  });

  it('ends all sessions, and says so to the page', async () => {
    const { client, account, ended } = await signedInTwice();
    await account.logoutAll();
    expect(ended).toEqual(['LOGGED_OUT']);
    expect(client.getSnapshot()).toEqual({ status: 'signed-out' });
    await expect(account.sessions()).rejects.toMatchObject({ status: 401 });
  });

  it('changes the password, and says when the current one is wrong', async () => {
    const { account, client, email } = await signedInTwice();
    await expect(
      account.changePassword({ currentPassword: 'a wrong password of mine', newPassword: NEW_PASSWORD }),
    ).rejects.toMatchObject({ code: 'INVALID_CREDENTIALS', status: 401 });
    await account.changePassword({ currentPassword: PASSWORD, newPassword: NEW_PASSWORD });
    expect(await client.refresh()).toBe(true);
    expect(await client.login({ email, password: NEW_PASSWORD })).toMatchObject({ email });
  });

  it('lists its newest events', async () => {
    const { account } = await signedInTwice();
    const events = await account.events();
    expect(events.map(({ type }) => type)).toEqual(expect.arrayContaining(['registered', 'logged-in']));
    expect(await account.events({ limit: 1 })).toHaveLength(1);
  });

  it('fails with a LatchkeyError when something else answers, or nobody does', async () => {
    const { account } = await signedInTwice();
    network.fate = (path) => (path === '/auth/sessions' ? { status: 200 } : 'request-lost');
    await expect(account.sessions()).rejects.toMatchObject({ code: 'FATE', status: 200 });
    await expect(account.endOtherSessions()).rejects.toMatchObject({ code: 'FATE', status: 200 });
    await expect(account.events({ timeout: 5_000 })).rejects.toMatchObject({ code: 'NETWORK_ERROR' });
  });
});

describe('a proof that this device has signed in before', () => {
  it('is sent with the next login, also after a logout and a reload, and with nothing else', async () => {
    const sent: [path: string, proof: unknown][] = [];
    const spy: typeof fetch = (url, init) => {
      const { deviceProof } = JSON.parse((init?.body as string) ?? '{}');
      sent.push([new URL(url as string).pathname, deviceProof]);
      return fetch(url, init);
    };
    const storage = new MemoryStorage();
    const first = await signedIn({ storage, fetch: spy });
    await first.client.refresh();
    await first.client.logout();
    first.client.close();
    const { client } = create({ storage, fetch: spy });
    await client.login({ email: first.email, password: PASSWORD });
    expect(sent).toEqual([
      ['/auth/register', undefined],
      ['/auth/refresh', undefined],
      ['/auth/logout', undefined],
      ['/auth/login', expect.stringMatching(/^[\w-]{24}\.\d+\.[\w-]{43}$/)],
    ]);
  });
});
