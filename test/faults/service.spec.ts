import { once } from 'node:events';
import { join } from 'node:path';
import { type Answer, newEmail, PASSWORD } from '../support/client.js';
import { type DatabaseGate, openGate } from '../support/database-gate.js';
import { logLines } from '../support/logs.js';
import { openSocket, parseAnswer, received } from '../support/raw-http.js';
import { productionSettings, type ServiceProcess, startServiceProcess } from '../support/service-process.js';
import { until } from '../support/until.js';
import { type OwnPostgres, startOwnPostgres } from './support/own-postgres.js';

let database: OwnPostgres;
beforeAll(async () => {
  database = await startOwnPostgres();
});
afterAll(() => database?.close());

const account = () => ({ email: newEmail(), password: PASSWORD });

describe('a service that is told to stop', () => {
  let service: ServiceProcess;
  beforeEach(async () => {
    // A password takes seconds to hash, so that something is in progress.
    service = await startServiceProcess({ ...productionSettings(database.url), BCRYPT_COST: '14' });
  });
  afterEach(() => service.end('SIGKILL'));

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'on %s is no longer ready, finishes requests in progress, and exits with code 0',
    async (signal) => {
      const underWay = service.client.post('/auth/register', account());
      const body = JSON.stringify(account());
      const arriving = openSocket(service.client.url);
      const arrived = received(arriving);
      arriving.write(
        `POST /auth/register HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body.slice(0, 9)}`,
      );
      await new Promise((resolve) => setTimeout(resolve, 200)); // both have reached the service
      const ended = service.end(signal);
      await until(() => service.output().includes(signal));
      const ready = await service.client.get('/health/ready');
      expect([ready.status, ready.body.error, ready.headers.get('retry-after')]).toEqual([
        503,
        'UNAVAILABLE',
        '1',
      ]);
      expect((await service.client.get('/health/live')).status).toBe(200);
      await new Promise((resolve) => setTimeout(resolve, 400)); // it has stopped listening
      arriving.write(body.slice(9));

      expect((await underWay).status).toBe(201);
      expect(parseAnswer(await arrived).status).toBe(201);
      expect(await ended).toBe(0);
      const errors = logLines(service).filter(({ level }) => level >= 50);
      expect(errors.map(({ msg }) => msg)).toEqual([]); // the answer of the readiness check
    },
  );

  it('is not delayed by open, idle connections', async () => {
    const idle = openSocket(service.client.url);
    const closed = received(idle);
    idle.write('GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n');
    await once(idle, 'data');
    const began = performance.now();
    expect(await service.end()).toBe(0);
    expect(performance.now() - began).toBeLessThan(4000);
    await closed;
  });

  it('exits immediately on a second signal, with code 1', async () => {
    const underWay = service.client.post('/auth/register', account()).catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 200));
    service.process.kill('SIGTERM');
    await until(() => service.output().includes('SIGTERM'));
    expect(await service.end('SIGTERM')).toBe(1);
    await underWay;
  });
});

it.each<['refuse' | 'swallow']>([['refuse'], ['swallow']])(
  'a service that is told to stop while its database is unavailable (%s) exits in time, with code 0',
  async (how) => {
    const gate = await openGate(database.url);
    const service = await startServiceProcess(productionSettings(gate.url));
    await Promise.all(
      [account(), account(), account()].map((one) => service.client.post('/auth/register', one)),
    );
    await gate[how]();
    const began = performance.now();
    expect(await service.end('SIGTERM')).toBe(0);
    expect(performance.now() - began).toBeLessThan(6000);
    await gate.close();
  },
);

describe('a service with an unexpected error', () => {
  it.each(['rejection', 'exception'])(
    'logs the unhandled %s once as fatal, finishes requests in progress, and exits with code 1',
    async (kind) => {
      const service = await startServiceProcess({
        ...productionSettings(database.url),
        BCRYPT_COST: '13',
        NODE_OPTIONS: `--import ${join(import.meta.dirname, '../support/fail-on-signal.js')}`,
        FAIL_WITH: kind,
      });
      const underWay = service.client.post('/auth/register', account());
      await new Promise((resolve) => setTimeout(resolve, 150));
      service.process.kill('SIGUSR2');
      await until(() => service.output().includes('planted'));
      service.process.kill('SIGUSR2'); // a second signal changes nothing
      const [code] = (await once(service.process, 'close')) as [number];
      expect(code).toBe(1);
      expect((await underWay).status).toBe(201);
      expect(logLines(service).filter(({ level }) => level >= 50)).toEqual([
        expect.objectContaining({
          level: 60,
          err: expect.objectContaining({ message: `a planted ${kind}` }),
        }),
      ]);
    },
  );
});

describe('a service whose database becomes unavailable', () => {
  let gate: DatabaseGate;
  let service: ServiceProcess;
  let token: string;
  let refreshToken: string;
  const known = account();

  beforeEach(async () => {
    gate = await openGate(database.url);
    service = await startServiceProcess(productionSettings(gate.url));
    await service.client.post('/auth/register', known);
    const { body } = await service.client.post('/auth/login', known);
    token = body.accessToken;
    refreshToken = body.refreshToken;
  });
  afterEach(async () => {
    await service.end('SIGKILL');
    await gate.close();
  });

  async function timed(call: Promise<Answer>): Promise<Answer & { ms: number }> {
    const began = performance.now();
    const answer = await call;
    return { ...answer, ms: performance.now() - began };
  }

  async function expectUnavailable(call: Promise<Answer>) {
    const { status, body, headers, ms } = await timed(call);
    expect([status, body.error, Number(headers.get('retry-after'))]).toEqual([503, 'UNAVAILABLE', 1]);
    expect(JSON.stringify(body)).not.toMatch(/ECONN|postgres|127\.0\.0\.1/);
    expect(ms).toBeLessThan(2500); // two seconds, on a busy machine
  }

  it.each<['refuse' | 'swallow']>([['refuse'], ['swallow']])(
    '(%s) answers 503 within two seconds, keeps guarding, and recovers by itself',
    async (how) => {
      await gate[how]();
      await expectUnavailable(service.client.post('/auth/login', known));
      await Promise.all([
        expectUnavailable(service.client.post('/auth/login', known)),
        expectUnavailable(service.client.post('/auth/register', account())),
        expectUnavailable(service.client.post('/auth/refresh', { refreshToken })),
        expectUnavailable(service.client.post('/auth/logout', { refreshToken })),
        expectUnavailable(service.client.get('/auth/sessions', { token })),
        expectUnavailable(service.client.get('/health/ready')),
      ]);
      expect((await service.client.get('/health/live')).status).toBe(200);
      const guarded = await service.client.get('/api/protected', { token });
      expect([guarded.status, guarded.body.user.id]).toEqual([200, expect.any(String)]);
      expect((await service.client.get('/auth/me')).status).toBe(401);
      const keys = await service.client.get('/.well-known/jwks.json');
      expect(keys.body.keys).toHaveLength(1);

      await gate.open();
      const began = performance.now();
      await until(async () => (await service.client.get('/health/ready')).status === 200);
      expect(performance.now() - began).toBeLessThan(5000);
      // Nothing was lost, and nothing counted as reuse.
      expect((await service.client.post('/auth/refresh', { refreshToken })).status).toBe(200);
      expect((await service.client.post('/auth/login', known)).status).toBe(200);
      expect((await service.client.post('/auth/register', account())).status).toBe(201);
      expect(service.process.exitCode).toBeNull();
      expect(logLines(service).filter(({ level }) => level >= 60)).toEqual([]);
    },
  );
});
