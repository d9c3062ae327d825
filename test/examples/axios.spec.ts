import { join } from 'node:path';
import { createLatchkeyClient, type LatchkeyClient } from '../../src/client/latchkey-client.js';
import { type FlakyProxy, startFlakyProxy } from '../browser/support/flaky-proxy.js';
import { newEmail, PASSWORD } from '../support/client.js';
import { type Host, startHost } from '../support/host-app.js';

interface Axios {
  get(path: string): Promise<{ status: number; config: { headers: Record<string, unknown> } }>;
}

const EXAMPLES = join(import.meta.dirname, '../../examples');

describe('the axios interceptor of the examples', () => {
  let host: Host;
  let network: FlakyProxy;
  let client: LatchkeyClient;
  let axios: Axios;

  beforeEach(async () => {
    host = await startHost();
    network = await startFlakyProxy(host.client.url);
    client = createLatchkeyClient({ baseUrl: network.url, transport: 'body' });
    const [{ default: library }, { useLatchkey }] = await Promise.all([
      import(join(EXAMPLES, 'node_modules/axios/index.js')),
      import(join(EXAMPLES, 'client-axios/latchkey-interceptor.js')),
    ]);
    axios = library.create({ baseURL: network.url });
    useLatchkey(axios, client, network.url);
    await client.register({ email: newEmail(), password: PASSWORD });
  });
  afterEach(async () => {
    client.close();
    await network.close();
    await host.close();
  });

  it('sends the access token with each request', async () => {
    expect((await axios.get('/orders')).status).toBe(200);
  });

  it('refreshes once for many requests with an expired token', async () => {
    network.fate = (path) =>
      path === '/orders' && !network.succeeded['/auth/refresh']
        ? { status: 401, error: 'TOKEN_EXPIRED' }
        : 'ok';
    const answers = await Promise.all([axios.get('/orders'), axios.get('/orders'), axios.get('/orders')]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(network.succeeded['/auth/refresh']).toBe(1);
  });

  it('does not try a third time', async () => {
    network.fate = (path) => (path === '/orders' ? { status: 401, error: 'TOKEN_EXPIRED' } : 'ok');
    await expect(axios.get('/orders')).rejects.toMatchObject({ response: { status: 401 } });
    expect(network.seen['/orders']).toBe(2);
  });

  it('sends no token to other origins', async () => {
    const stranger = await startFlakyProxy(host.client.url);
    await expect(axios.get(`${stranger.url}/orders`)).rejects.toMatchObject({
      response: { data: { error: 'TOKEN_MISSING' } },
    });
    await stranger.close();
  });
});
