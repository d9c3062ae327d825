import { getEventListeners } from 'node:events';
import { accountOf } from '../../src/client/account.js';
import type { LatchkeyClient } from '../../src/client/latchkey-client.js';
import { CREDENTIALS, FakeService, USER } from './support/fake-service.js';

let service: FakeService;
let answer = () => {};
beforeEach(() => {
  service = new FakeService();
});
afterEach(() => {
  answer();
  service.end();
});

/** A session whose access token has expired, where a refresh and a logout hang until the end of the test. */
async function hanging(): Promise<LatchkeyClient> {
  const { client } = service.client();
  service.expiresIn = 0.001;
  await client.login(CREDENTIALS);
  const late = new Promise<void>((resolve) => (answer = resolve));
  const held = () => late.then(() => Response.json({ error: 'TOKEN_REVOKED' }, { status: 401 }));
  for (const path of ['/auth/refresh', '/auth/logout', '/auth/login'])
    service.instead[path] = Array.from({ length: 10 }, () => held);
  return client;
}

describe('a signal ends the wait', () => {
  const signal = () => AbortSignal.timeout(50);
  const urlOf = (path: string) => `${service.baseUrl}/${path}`;

  it.each<[string, (client: LatchkeyClient) => Promise<unknown>]>([
    ['beside a URL', (client) => client.fetch('x', { signal: signal() })],
    ['of a request', (client) => client.fetch(new Request(urlOf('x'), { signal: signal() }))],
    [
      'of a request with other options',
      (client) => client.fetch(new Request(urlOf('x'), { signal: signal() }), { method: 'POST' }),
    ],
    ['of login', (client) => client.login(CREDENTIALS, { signal: signal() })],
    ['of getAccessToken', (client) => client.getAccessToken({ signal: signal() })],
    ['of refresh', (client) => client.refresh({ signal: signal() })],
    ['of logout', (client) => client.logout({ signal: signal() })],
    ['of the account', (client) => accountOf(client).sessions({ signal: signal() })],
  ])('%s, with the reason of the signal although it is a timeout', async (_, call) => {
    const client = await hanging();
    const began = performance.now();
    await expect(call(client)).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(performance.now() - began).toBeLessThan(2_000);
  });

  it('that is ended by the timeout of a call is a NETWORK_ERROR', async () => {
    const client = await hanging();
    const signal = AbortSignal.timeout(5_000);
    await expect(client.refresh({ signal, timeout: 20 })).rejects.toMatchObject({ code: 'NETWORK_ERROR' });
    await expect(accountOf(client).events({ timeout: 20 })).rejects.toMatchObject({ code: 'NETWORK_ERROR' });
  });
});

it.each([Infinity, 1e12, 2 ** 31])('a timeout of %d ms does not end at once', async (timeout) => {
  const { client } = service.client();
  expect(await client.login(CREDENTIALS, { timeout })).toMatchObject(USER);
});

it('a signal that is used for many calls has no listeners of calls that are over', async () => {
  const { signal } = new AbortController();
  const { client } = service.client();
  await client.login(CREDENTIALS, { signal });
  for (let round = 0; round < 20; round++) await client.getUser({ signal });
  await client.logout({ signal, timeout: 1_000 });
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

describe('in browsers without AbortSignal.any and AbortSignal.timeout', () => {
  const { any, timeout } = AbortSignal;
  beforeAll(() => Object.assign(AbortSignal, { any: undefined, timeout: undefined }));
  afterAll(() => Object.assign(AbortSignal, { any, timeout }));

  it('calls take signals and timeouts', async () => {
    const { signal } = new AbortController();
    const { client } = service.client();
    expect(await client.login(CREDENTIALS, { signal, timeout: 1_000 })).toMatchObject(USER);
    expect((await client.fetch('x', { signal })).status).toBe(200);
    expect(await client.getUser({ timeout: 1_000 })).toEqual(USER);
  });

  it('both end the wait', async () => {
    const client = await hanging();
    const abort = new AbortController();
    const calling = client.fetch('x', { signal: abort.signal });
    const reason = new Error('the user left');
    abort.abort(reason);
    await expect(calling).rejects.toBe(reason);
    await expect(client.refresh({ timeout: 20 })).rejects.toMatchObject({ code: 'NETWORK_ERROR' });
  });
});

it.each(['', '.', '..'])('endSession refuses an id that is another address in a URL: "%s"', async (id) => {
  const { client } = service.client();
  await client.login(CREDENTIALS);
  service.seen.length = 0;
  await expect(accountOf(client).endSession(id)).rejects.toThrow(TypeError);
  expect(service.seen).toEqual([]);
});
