// Covers docs/security.md, case 80.
import { createClient, type RedisClientType } from 'redis';
import { type AuthModuleOptions, ResourceClients } from '../../src/index.js';
import { RedisConnection } from '../../src/redis/redis-connection.js';
import type { Client } from '../support/client.js';
import { type Host, startHost } from '../support/host-app.js';
import { createMigratedDatabase, type TestDatabase } from '../support/postgres.js';
import { describeWithRedis, startRedis, type TestRedis } from '../support/redis.js';
import { type ServiceHere, startServiceHere } from '../support/service-here.js';
import { productionSettings, type ServiceProcess, startServiceProcess } from '../support/service-process.js';
import { until } from '../support/until.js';

/** A body that is refused after it has been counted and before it costs anything. */
const tryLogin = async (client: Client, headers: Record<string, string> = {}) =>
  client.post('/auth/login', {}, { headers });

const statuses = async (count: number, call: () => Promise<{ status: number }>) => {
  const answers: number[] = [];
  for (let i = 0; i < count; i++) answers.push((await call()).status);
  return answers;
};

const limitedTo = (limit: number): Partial<AuthModuleOptions> => ({
  rateLimits: { login: { limit, per: '10m' } },
});

describe.each(['express', 'fastify'] as const)('limits by address on %s', (adapter) => {
  let host: Host;
  beforeAll(async () => {
    host = await startHost({ adapter, options: limitedTo(3) });
  });
  afterAll(() => host?.close());

  it('answer a request over the limit with 429 and the time to wait, and leave other endpoints alone', async () => {
    expect(await statuses(4, () => tryLogin(host.client))).toEqual([400, 400, 400, 429]);
    const refused = await tryLogin(host.client);
    expect(refused.body).toMatchObject({ statusCode: 429, error: 'RATE_LIMITED' });
    const wait = Number(refused.headers.get('retry-after'));
    expect(wait).toBeGreaterThan(500);
    expect(wait).toBeLessThanOrEqual(600);
    expect((await host.client.post('/auth/register', {})).status).toBe(400);
  });
});

describe('the address that is counted', () => {
  let database: TestDatabase;
  const started: ServiceHere[] = [];
  beforeAll(async () => {
    database = await createMigratedDatabase();
  });
  afterAll(async () => {
    await Promise.all(started.map((service) => service.end()));
    await database?.drop();
  });
  const service = async (settings: Record<string, string>) => {
    const here = await startServiceHere({
      ...productionSettings(database.url),
      RATE_LIMIT: 'on',
      ...settings,
    });
    started.push(here);
    return here.client;
  };
  const from = (...addresses: string[]) => ({ 'x-forwarded-for': addresses.join(', ') });

  it('cannot be chosen by a client that is not a trusted proxy', async () => {
    const client = await service({ TRUST_PROXY: '10.0.0.0/8' });
    let n = 0;
    const answers = await statuses(51, () =>
      tryLogin(client, {
        ...from(`203.0.113.${n++}`),
        'x-real-ip': `203.0.113.${n}`,
        forwarded: `for=203.0.113.${n}`,
      }),
    );
    expect(answers).toEqual([...Array.from({ length: 50 }, () => 400), 429]);
  });

  describe('behind a trusted proxy', () => {
    let client: Client;
    beforeAll(async () => {
      client = await service({ TRUST_PROXY: '127.0.0.0/8' });
    });
    const exhaust = (address: string) => statuses(51, () => tryLogin(client, from(address)));
    const status = async (...addresses: string[]) => (await tryLogin(client, from(...addresses))).status;

    it("is the real client's, whatever that client put into the header", async () => {
      let n = 0;
      const answers = await statuses(51, () => tryLogin(client, from(`203.0.113.${n++}`, '198.51.100.1')));
      expect(answers.at(-1)).toBe(429);
      expect(await status('198.51.100.2')).toBe(400);
    });

    it('an IPv4 address mapped to IPv6 counts as that IPv4 address', async () => {
      expect((await exhaust('198.51.100.7')).at(-1)).toBe(429);
      expect(await status('::ffff:198.51.100.7')).toBe(429);
      expect(await status('::FFFF:c633:6407')).toBe(429);
      expect(await status('::ffff:198.51.100.8')).toBe(400);
    });

    it('an IPv6 address counts as its /64 network', async () => {
      let n = 0;
      const answers = await statuses(51, () => tryLogin(client, from(`2001:db8:1:2::${(n++).toString(16)}`)));
      expect(answers.at(-1)).toBe(429);
      expect(await status('2001:0DB8:0001:0002:ffff:ffff:ffff:ffff')).toBe(429);
      expect(await status('2001:db8:1:3::1')).toBe(400);
    });

    it('fresh /64 networks of one IPv6 /56 share four times the limit, and those of one /48 sixteen times', async () => {
      const fresh = (start: number, count: number) =>
        Promise.all(
          Array.from({ length: count }, (_, n) => status(`2001:db8:9:${(start + n).toString(16)}::1`)),
        );
      const inOne56 = await fresh(0x100, 256);
      expect(inOne56.filter((answer) => answer === 400)).toHaveLength(200);
      const inTheRest = await fresh(0x1000, 0x400);
      expect(inTheRest.filter((answer) => answer === 400)).toHaveLength(600);
      expect(await status('2001:db8:9:ff00::1')).toBe(429);
      expect(await status('2001:db8:a::1')).toBe(400);
      const refresh = () => client.post('/auth/refresh', {}, { headers: from('2001:db8:9:ff00::1') });
      expect((await refresh()).status).toBe(401);
    });
  });
});

describeWithRedis('limits shared through Redis', () => {
  let redis: TestRedis;
  const hosts: Host[] = [];
  beforeEach(async () => {
    redis = await startRedis();
  });
  afterEach(async () => {
    redis.process.kill('SIGCONT');
    await Promise.all(hosts.splice(0).map((host) => host.close()));
    await redis.close();
  });
  const start = async (limit: number) => {
    const host = await startHost({ options: { ...limitedTo(limit), redis: { url: redis.url } } });
    hosts.push(host);
    await until(() => host.app.get(RedisConnection).available);
    return host.client;
  };
  const withRedis = async <T>(work: (client: RedisClientType) => Promise<T>): Promise<T> => {
    const client = createClient({ url: redis.url }) as RedisClientType;
    await client.connect();
    try {
      return await work(client);
    } finally {
      client.destroy();
    }
  };
  const countedKeys = () =>
    withRedis(async (client) => (await client.keys('*')).filter((key) => key !== '{latchkey}:probe'));
  const status = async (client: Client) => (await tryLogin(client)).status;

  it('two instances share their counts, and parallel requests are counted exactly', async () => {
    const database = await createMigratedDatabase();
    const settings = { ...productionSettings(database.url), RATE_LIMIT: 'on', REDIS_URL: redis.url };
    const services: ServiceProcess[] = [];
    try {
      for (let i = 0; i < 2; i++) services.push(await startServiceProcess(settings));
      for (const { client } of services) {
        await until(async () => (await client.get('/health/ready')).status === 200);
        // Another limit, as in a service that has been running for a while.
        await Promise.all(Array.from({ length: 20 }, () => client.post('/auth/refresh', {})));
      }
      const answers = await Promise.all(
        Array.from({ length: 120 }, (_, i) => status(services[i % 2]!.client)),
      );
      // The default: 50 logins in ten minutes.
      expect(answers.filter((answer) => answer === 400)).toHaveLength(50);
      expect(answers.filter((answer) => answer === 429)).toHaveLength(70);
    } finally {
      await Promise.all(services.map((service) => service.end()));
      await database.drop();
    }
  });

  it('two instances share their counts of wrong client secrets, and take back what was right', async () => {
    const options = { rateLimits: { clients: { limit: 4, per: '10m' } }, redis: { url: redis.url } } as const;
    const database = await createMigratedDatabase();
    for (let i = 0; i < 2; i++) hosts.push(await startHost({ databaseUrl: database.url, options }));
    for (const { app } of hosts) await until(() => app.get(RedisConnection).available);
    const { secret } = (await hosts[0]!.app.get(ResourceClients).create('orders'))!;
    const ask = async (instance: number, clientSecret: string) =>
      (
        await hosts[instance]!.client.call('/oauth/introspect', {
          raw: `token=x&client_id=orders&client_secret=${clientSecret}`,
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
        })
      ).status;
    const answers = [await ask(0, secret), await ask(1, secret)];
    for (let i = 0; i < 6; i++) answers.push(await ask(i % 2, `guess-${i}`));
    expect(answers).toEqual([200, 200, 401, 401, 401, 401, 429, 429]);
    expect([await ask(0, secret), await ask(1, secret)]).toEqual([200, 200]);
    for (const key of await countedKeys()) expect(key).toMatch(/^latchkey:limit:clients:[\w-]{43}$/);
    await Promise.all(hosts.splice(0).map((host) => host.close()));
    await database.drop();
  });

  it('keys contain no address, and all of them expire', async () => {
    const client = await start(20);
    await status(client);
    const keys = await countedKeys();
    expect(keys.length).toBeGreaterThan(0);
    for (const key of keys) {
      expect(key).toMatch(/^latchkey:limit:login:[\w-]{43}$/);
      expect(await withRedis((reader) => reader.pTTL(key))).toBeGreaterThan(0);
    }
  });

  it('when Redis is killed, stricter local limits take over; afterwards, Redis counts again', async () => {
    const client = await start(8);
    await redis.kill();
    // A quarter of eight.
    expect(await statuses(4, () => tryLogin(client))).toEqual([400, 400, 429, 429]);
    await redis.restart();
    await until(async () => (await status(client)) === 400);
    const rest = await statuses(8, () => tryLogin(client));
    expect(rest.filter((answer) => answer === 400)).toHaveLength(7);
    expect(rest.at(-1)).toBe(429);
  });

  it('when Redis hangs, answers still come in time and limits apply; afterwards, Redis counts again', async () => {
    const client = await start(8);
    redis.process.kill('SIGSTOP');
    const began = performance.now();
    expect(await statuses(3, () => tryLogin(client))).toEqual([400, 400, 429]);
    // One timeout of 100 ms and no more: after it, Redis is not asked for a second.
    expect(performance.now() - began).toBeLessThan(900);
    redis.process.kill('SIGCONT');
    await until(async () => (await status(client)) === 400);
  });

  it('FLUSHALL starts the counts over; limits still apply', async () => {
    const client = await start(3);
    expect(await statuses(4, () => tryLogin(client))).toEqual([400, 400, 400, 429]);
    await withRedis((admin) => admin.flushAll());
    expect(await statuses(4, () => tryLogin(client))).toEqual([400, 400, 400, 429]);
  });

  it('a Redis that is full or read-only counts as unavailable', async () => {
    const client = await start(8);
    await withRedis((admin) => admin.configSet('maxmemory', '1'));
    expect(await statuses(4, () => tryLogin(client))).toEqual([400, 400, 429, 429]);
    await withRedis((admin) => admin.configSet('maxmemory', '0'));
    await until(async () => (await status(client)) === 400);
  });

  it('limits apply from the start if Redis was never available', async () => {
    await redis.kill();
    const host = await startHost({ options: { ...limitedTo(8), redis: { url: redis.url } } });
    hosts.push(host);
    expect(await statuses(3, () => tryLogin(host.client))).toEqual([400, 400, 429]);
  });
});
