// Covers docs/security.md, case 82.
import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { type Answer, newEmail, PASSWORD } from '../support/client.js';
import { productionSettings, type ServiceProcess, startServiceProcess } from '../support/service-process.js';
import { until } from '../support/until.js';
import { type OwnPostgres, startOwnPostgres } from './support/own-postgres.js';

const WRONG = 'not the sentence of anyone';

describe('a flood of logins', () => {
  const METRICS = randomBytes(24).toString('base64url');
  let database: OwnPostgres;
  let service: ServiceProcess;
  beforeAll(async () => {
    database = await startOwnPostgres();
    const settings = { BCRYPT_COST: '12', METRICS_TOKEN: METRICS, TRUST_PROXY: '127.0.0.0/8' };
    service = await startServiceProcess({ ...productionSettings(database.url), ...settings });
  });
  afterAll(async () => {
    await service?.end();
    await database?.close();
  });

  /** Logins that keep every thread busy for seconds: however slow this machine is, a flood finds no thread free. */
  const occupyThreads = async () => {
    const threads = Math.min(availableParallelism(), 3);
    const emails = Array.from({ length: threads }, newEmail);
    await Promise.all(
      emails.map((email) => service.client.post('/auth/register', { email, password: PASSWORD })),
    );
    const slow = `$2b$15$${'.'.repeat(53)}`;
    await database.query('UPDATE users SET password_hash = $1 WHERE email = ANY($2)', [slow, emails]);
    const logins = emails.map((email) => service.client.post('/auth/login', { email, password: WRONG }));
    await until(async () => {
      const { body } = await service.client.get('/metrics', { token: METRICS });
      return body.includes(`\nlatchkey_hashing_active ${threads}\n`);
    });
    return logins;
  };

  it('200 at the same time at cost 12: a bounded queue, 503 for the rest; health checks and refreshes do not wait for it', async () => {
    const { client } = service;
    const { body } = await client.post('/auth/register', { email: newEmail(), password: PASSWORD });
    // The database connections are opened beforehand, as in a service that has been running for a while.
    await Promise.all(Array.from({ length: 20 }, () => client.get('/health/ready')));

    const busy = await occupyThreads();
    const finished: string[] = [];
    const note =
      (name: string) =>
      (answer: Answer): Answer => {
        finished.push(`${name} ${answer.status}`);
        return answer;
      };
    const logins = Array.from({ length: 200 }, () =>
      client.post('/auth/login', { email: newEmail(), password: WRONG }).then(note('login')),
    );
    await Promise.any(logins); // the first answer is a refusal, so by now the queue is full
    await Promise.all([
      client.get('/health/ready').then(note('health')),
      client.post('/auth/refresh', { refreshToken: body.refreshToken }).then(note('refresh')),
    ]);
    const answers = await Promise.all(logins);
    await Promise.all(busy);

    expect(finished[0]).toBe('login 503');
    const served = answers.filter(({ status }) => status === 401).length;
    const refused = answers.filter(({ status }) => status === 503);
    expect(served + refused.length).toBe(200);
    // The 32 that waited, and those that found room again.
    expect(served).toBeGreaterThanOrEqual(32);
    expect(served).toBeLessThan(100);
    for (const { headers } of refused) expect(headers.get('retry-after')).toBe('1');
    for (const name of ['health 200', 'refresh 200']) {
      expect(finished).toContain(name);
      const after = finished.slice(finished.indexOf(name));
      expect(after.filter((answer) => answer === 'login 401').length).toBeGreaterThan(2);
    }
  }, 60_000);

  type Login = { email: string; password: string; address: string; cookie?: string };
  const logIn = ({ address, cookie, ...account }: Login) => {
    const known: Record<string, string> =
      cookie === undefined ? {} : { 'x-auth-transport': 'cookie', cookie };
    const headers = { 'x-forwarded-for': address, ...known };
    return service.client.post('/auth/login', account, { headers });
  };

  /** Registers a user. Returns the account with the cookie that tells that its browser has logged in before. */
  const register = async (address: string) => {
    const account = { email: newEmail(), password: PASSWORD };
    const headers = { 'x-auth-transport': 'cookie', 'x-forwarded-for': address };
    const { cookies } = await service.client.post('/auth/register', account, { headers });
    const [name, cookie] = Object.entries(cookies).find(([each]) => each.endsWith('device'))!;
    return { ...account, cookie: `${name}=${cookie.value}` };
  };

  /** Floods the service with these logins until `work` is done. */
  const during = async <T>(next: () => Login, work: () => Promise<T>): Promise<T> => {
    const stop = new AbortController();
    const flood = async () => {
      while (!stop.signal.aborted) await logIn(next());
    };
    const floods = Array.from({ length: 100 }, flood);
    await until(async () => {
      const { body } = await service.client.get('/metrics', { token: METRICS });
      return Number(/\nlatchkey_hashing_waiting (\d+)\n/.exec(body)?.[1]) >= 20;
    });
    try {
      return await work();
    } finally {
      stop.abort();
      await Promise.all(floods);
    }
  };
  /** Three logins, one after the other: the statuses, and the seconds that the slowest took. */
  const threeTimes = async (login: Login) => {
    const statuses: number[] = [];
    let slowest = 0;
    for (let i = 0; i < 3; i++) {
      const start = performance.now();
      statuses.push((await logIn(login)).status);
      slowest = Math.max(slowest, (performance.now() - start) / 1000);
    }
    return { statuses, slowest };
  };
  let n = 0;
  const hex = () => (n++).toString(16);
  const unknown = (address: string): Login => ({ email: newEmail(), password: WRONG, address });

  it.each([
    ['one IPv6 /48', () => unknown(`2001:db8:7:${hex()}::1`)],
    ['one IPv6 /32, each in another /48', () => unknown(`2001:db8:${hex()}:1::1`)],
    ['one IPv4 /24', () => unknown(`192.0.2.${n++ % 256}`)],
  ])(
    'from fresh networks of %s keeps nobody else away',
    async (_, next) => {
      const { email, password } = await register('198.51.100.7');
      const { statuses, slowest } = await during(next, () =>
        threeTimes({ email, password, address: '198.51.100.8' }),
      );
      expect(statuses).toEqual([200, 200, 200]);
      expect(slowest).toBeLessThan(10);
    },
    60_000,
  );

  it('of somebody in one IPv6 /48 with 48 accounts and their cookies keeps nobody else away', async () => {
    const addresses = Array.from({ length: 48 }, (_, i) => `2001:db8:9:${i.toString(16)}::1`);
    const accounts: Awaited<ReturnType<typeof register>>[] = [];
    for (const address of addresses) accounts.push(await register(address));
    const { email, password, cookie } = await register('198.51.100.7');
    const own = () => ({ ...accounts[n++ % accounts.length]!, address: `2001:db8:9:${hex()}::1` });
    const [plain, known] = await during(own, () =>
      Promise.all([
        threeTimes({ email, password, address: '198.51.100.8' }),
        threeTimes({ email, password, cookie, address: '203.0.113.9' }),
      ]),
    );
    expect([plain.statuses, known.statuses]).toEqual([Array(3).fill(200), Array(3).fill(200)]);
    expect(Math.max(plain.slowest, known.slowest)).toBeLessThan(10);
  }, 60_000);

  it('from everywhere keeps away no browser that has logged in before', async () => {
    const owner = await register('198.51.100.7');
    const everywhere = () => unknown(`2a00:${hex()}::1`);
    const { statuses } = await during(everywhere, () => threeTimes({ ...owner, address: '198.51.100.8' }));
    expect(statuses).toEqual([200, 200, 200]);
  }, 60_000);
});
