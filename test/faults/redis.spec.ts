import { randomBytes } from 'node:crypto';
import { createConnection } from 'node:net';
import { once } from 'node:events';
import { describeWithRedis, startRedis, type TestRedis } from '../support/redis.js';
import { until } from '../support/until.js';
import { Follower } from './support/follower.js';
import { type OwnPostgres, startOwnPostgres } from './support/own-postgres.js';
import { count } from './support/report.js';
import { newAccount, productionSettings, type ServiceProcess, startBuilt } from './support/service.js';

const METRICS_TOKEN = randomBytes(32).toString('hex');
const BOUND_MS = 2_000;

describeWithRedis('Redis fails', () => {
  let postgres: OwnPostgres;
  let redis: TestRedis;
  let instances: [ServiceProcess, ServiceProcess];
  let email: string;
  let addresses = 0;
  beforeAll(async () => {
    postgres = await startOwnPostgres();
    redis = await startRedis();
    const settings = {
      ...productionSettings(postgres.url),
      REDIS_URL: redis.url,
      METRICS_TOKEN,
      RATE_LIMIT: 'on',
      TRUST_PROXY: '127.0.0.0/8',
    };
    instances = [await startBuilt(settings), await startBuilt(settings)];
    email = await newAccount(instances[0]);
  });
  afterAll(async () => {
    await Promise.all((instances ?? []).map((instance) => instance.end('SIGKILL')));
    await redis?.close();
    await postgres?.close();
  });

  async function administer(command: string): Promise<void> {
    const socket = createConnection(redis.port, '127.0.0.1');
    socket.write(`${command}\r\n`);
    await once(socket, 'data');
    socket.destroy();
  }

  const FAULTS: Record<string, { strike(): Promise<unknown>; repair(): Promise<unknown>; empty?: true }> = {
    'is killed': { strike: () => redis.kill(), repair: () => redis.restart() },
    'hangs (SIGSTOP)': {
      strike: async () => redis.process.kill('SIGSTOP'),
      repair: async () => redis.process.kill('SIGCONT'),
    },
    'is full': {
      strike: () => administer('CONFIG SET maxmemory 1'),
      repair: () => administer('CONFIG SET maxmemory 0'),
    },
    'only reads, like a former primary': {
      strike: () => administer('REPLICAOF 127.0.0.1 1'),
      repair: () => administer('REPLICAOF NO ONE'),
    },
    'loses everything (FLUSHALL)': {
      strike: () => administer('FLUSHALL'),
      repair: async () => undefined,
      empty: true,
    },
  };

  const login = () => Follower.login(() => instances[0].client, email);
  const visit = async ({ client }: ServiceProcess, token: string) =>
    (await client.get('/api/protected', { token })).status;

  it.each(Object.keys(FAULTS))(
    'Redis %s: revocations hold, limits still apply, and it recovers',
    async (name) => {
      const { strike, repair, empty } = FAULTS[name]!;
      const [before, during] = [await login(), await login()];
      await before.logoutForSure();
      await strike();
      count('Redis faults');

      // No instance leaves the load balancer.
      for (const { client } of instances) {
        const { status, body } = await client.get('/health/ready');
        expect([status, body.status]).toEqual([200, empty ? 'ok' : 'degraded']);
        const { body: metrics } = await client.get('/metrics', { token: METRICS_TOKEN });
        expect(metrics).toContain(`\nlatchkey_redis_up ${empty ? 1 : 0}\n`);
      }

      // What was revoked stays revoked; a new revocation is known everywhere within the bound.
      const began = performance.now();
      for (const instance of instances) expect(await visit(instance, before.accessToken)).toBe(401);
      expect(performance.now() - began).toBeLessThan(1_000);
      await during.logoutForSure();
      const ended = performance.now();
      await until(async () => (await visit(instances[1], during.accessToken)) === 401);
      expect(performance.now() - ended).toBeLessThan(BOUND_MS);
      for (const { client } of instances) {
        const { refreshToken } = during;
        expect((await client.post('/auth/refresh', { refreshToken })).status).toBe(401);
      }

      // One account, tried from a new address each time, on both instances.
      const target = await newAccount(instances[0]);
      let allowed = 0;
      for (let i = 0; i < 25; i++) {
        const headers = { 'x-forwarded-for': `10.0.0.${++addresses}` };
        const body = { email: target, password: 'not the password of this account' };
        const { status } = await instances[i % 2]!.client.post('/auth/login', body, { headers });
        expect([401, 429]).toContain(status);
        if (status === 401) allowed++;
      }
      expect(allowed).toBeLessThanOrEqual(20); // ten for each instance, if each counted by itself

      const repaired = performance.now();
      await repair();
      for (const { client } of instances)
        await until(async () => (await client.get('/health/ready')).body.status === 'ok');
      expect(performance.now() - repaired).toBeLessThan(5_000);
      for (const session of [before, during])
        for (const instance of instances) expect(await visit(instance, session.accessToken)).toBe(401);
    },
  );

  it('starts without Redis, and works', async () => {
    await redis.kill();
    const settings = { ...productionSettings(postgres.url), REDIS_URL: redis.url };
    const service = await startBuilt(settings);
    const session = await Follower.login(() => service.client, email);
    await session.refreshForSure();
    await session.logoutForSure();
    expect(await visit(service, session.accessToken)).toBe(401);
    expect(await service.end()).toBe(0);
    await redis.restart();
    count('Redis faults');
  });
});
