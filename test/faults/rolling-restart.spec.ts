import { Agent, request } from 'node:http';
import { freePort } from '../support/free-port.js';
import { describeWith, type Gateway, startGateway } from '../support/gateway-process.js';
import { newEmail, PASSWORD } from '../support/client.js';
import { until } from '../support/until.js';
import { type OwnPostgres, startOwnPostgres } from './support/own-postgres.js';
import { productionSettings, type ServiceProcess, startBuilt } from './support/service.js';

const FILES = { haproxy: '../../deploy/haproxy.cfg', nginx: '../../deploy/nginx.conf' } as const;
const REQUESTS = 10_000;
/** Enough for some to open a connection in the moment in which an instance closes its listener. */
const WORKERS = 24;

let database: OwnPostgres;
let settings: Record<string, string>;
beforeAll(async () => {
  database = await startOwnPostgres();
  settings = { ...productionSettings(database.url), SHUTDOWN_DELAY: '5s', TRUST_PROXY: '127.0.0.1/32' };
});
afterAll(() => database?.close());

describe.each(['haproxy', 'nginx'] as const)('three instances behind', (name) => {
  describeWith(name)(`${name}, as deploy/ has it`, () => {
    let ports: number[];
    let instances: ServiceProcess[];
    let gateway: Gateway;
    beforeAll(async () => {
      ports = [await freePort(), await freePort(), await freePort()];
      instances = await Promise.all(ports.map((port) => startOn(port)));
      const addresses = ports.map((port, index) => [`127.0.0.1:${3001 + index}`, `127.0.0.1:${port}`]);
      gateway = await startGateway(name, FILES[name], Object.fromEntries(addresses));
      await until(async () => (await fetch(`${gateway.url}/health/ready`)).ok);
    });
    afterAll(async () => {
      await gateway?.end();
      await Promise.all(instances?.map((instance) => instance.end('SIGKILL')) ?? []);
    });

    it(`restart one after another without one failed request of ${REQUESTS}`, async () => {
      const load = { sent: 0, failed: [] as string[], done: false };
      const workers = Array.from({ length: WORKERS }, () => work(gateway.url, load));
      try {
        for (const [index, port] of ports.entries()) {
          expect(await instances[index]!.end('SIGTERM')).toBe(0);
          instances[index] = await startOn(port);
          // The next one may stop when the gateway sends requests to this one again.
          await until(() => instances[index]!.output().includes('/auth/me') || load.failed.length > 0);
        }
        await until(() => load.sent >= REQUESTS || load.failed.length > 0);
      } finally {
        load.done = true;
        await Promise.all(workers);
      }
      expect(load.failed).toEqual([]);
    });
  });
});

function startOn(port: number): Promise<ServiceProcess> {
  return startBuilt({ ...settings, PORT: String(port) });
}

/** A client of the gateway with one connection: looks itself up nine times, then refreshes. */
async function work(url: string, load: { sent: number; failed: string[]; done: boolean }): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const call = async (method: string, path: string, body?: object, token?: string) => {
    const { status, text } = await send(agent, url + path, method, body, token).catch((error: unknown) => ({
      status: 0,
      text: String(error),
    }));
    load.sent++;
    if (status !== 200 && status !== 201) load.failed.push(`${method} ${path}: ${status} ${text}`);
    return JSON.parse(status === 200 || status === 201 ? text : '{}') as {
      accessToken: string;
      refreshToken: string;
    };
  };
  let tokens = await call('POST', '/auth/register', { email: newEmail(), password: PASSWORD });
  while (!load.done && load.failed.length === 0) {
    for (let look = 0; look < 9; look++) await call('GET', '/auth/me', undefined, tokens.accessToken);
    if (!load.failed.length)
      tokens = await call('POST', '/auth/refresh', { refreshToken: tokens.refreshToken });
  }
  agent.destroy();
}

function send(agent: Agent, url: string, method: string, body?: object, token?: string) {
  return new Promise<{ status: number; text: string }>((resolve, reject) => {
    const headers = {
      ...(body && { 'content-type': 'application/json' }),
      ...(token && { authorization: `Bearer ${token}` }),
    };
    const sent = request(url, { agent, method, headers }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () => resolve({ status: response.statusCode!, text }));
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body && JSON.stringify(body));
  });
}
