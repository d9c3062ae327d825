import { createHash, randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { DataSource } from 'typeorm';
import { type Answer, newEmail, PASSWORD } from '../support/client.js';
import { type Host, startHost } from '../support/host-app.js';
import { createDatabase, type TestDatabase } from '../support/postgres.js';
import { productionSettings, type ServiceProcess, startServiceProcess } from '../support/service-process.js';
import { until } from '../support/until.js';

const WRONG = 'not the sentence of anyone';

describe('logins on two instances at once', () => {
  let database: TestDatabase;
  let sql: DataSource;
  let instances: ServiceProcess[];
  beforeAll(async () => {
    database = await createDatabase();
    const settings = {
      ...productionSettings(database.url),
      RATE_LIMIT: 'on',
      TRUST_PROXY: '127.0.0.0/8',
    };
    instances = await Promise.all([startServiceProcess(settings), startServiceProcess(settings)]);
    sql = await new DataSource({ type: 'postgres', url: database.url }).initialize();
  });
  afterAll(async () => {
    await sql?.destroy();
    await Promise.all((instances ?? []).map((instance) => instance.end()));
    await database?.drop();
  });

  let address = 0;
  /** From an address of its own, as an attacker with many would. */
  const post = (path: string, body: unknown, instance = 0) => {
    const client = instances[instance % 2]!.client;
    return client.post(path, body, { headers: { 'x-forwarded-for': `198.51.100.${address++ % 250}` } });
  };
  const count = (answers: { status: number }[], status: number) =>
    answers.filter((answer) => answer.status === status).length;

  it('case 79: an attempt after the wait is one, however many are made at once', async () => {
    const email = newEmail();
    await post('/auth/login', { email, password: WRONG });
    for (let round = 0; round < 5; round++) {
      await sql.query('UPDATE login_attempts SET failures = 10, free_at = now()');
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, i) => post('/auth/login', { email, password: WRONG }, i)),
      );
      expect(count(answers, 401)).toBe(1);
    }
  });

  it('case 81: parallel attempts do not get past the hundred', async () => {
    const email = newEmail();
    await post('/auth/register', { email, password: PASSWORD });
    await post('/auth/login', { email, password: WRONG });
    await sql.query('UPDATE login_attempts SET failures = 1, total = 99, free_at = NULL');
    const wrong = await Promise.all([0, 1].map((i) => post('/auth/login', { email, password: WRONG }, i)));
    expect(count(wrong, 401)).toBe(2);
    expect((await post('/auth/login', { email, password: PASSWORD })).status).toBe(401);
  });

  it('the count outlives a restart', async () => {
    const email = newEmail();
    for (let i = 0; i < 5; i++) await post('/auth/login', { email, password: WRONG }, i);
    await sql.query(`UPDATE login_attempts SET free_at = now() + interval '1 minute' WHERE failures = 5`);
    await instances[0]!.end('SIGKILL');
    instances[0] = await startServiceProcess({ ...productionSettings(database.url), RATE_LIMIT: 'on' });
    expect((await post('/auth/login', { email, password: WRONG })).status).toBe(429);
  });
});

describe('a burst at one account', () => {
  let database: TestDatabase;
  let hosts: Host[];
  beforeAll(async () => {
    database = await createDatabase();
    // Apps in this process wait for the database as long as it takes: no answer but the two that count.
    const options = { rateLimits: { login: { limit: 10_000, per: '1m' } } } as const;
    hosts = [];
    for (let i = 0; i < 2; i++) hosts.push(await startHost({ databaseUrl: database.url, options }));
  });
  afterAll(async () => {
    await Promise.all((hosts ?? []).map((host) => host.close()));
    await database?.drop();
  });

  it.each(['a user', 'nobody'])(
    'case 79: of 100 parallel wrong passwords for %s, on two instances, five are looked at',
    async (who) => {
      const email = newEmail();
      if (who === 'a user') await hosts[0]!.client.post('/auth/register', { email, password: PASSWORD });
      const began = performance.now();
      const answers = await Promise.all(
        Array.from({ length: 100 }, (_, i) =>
          hosts[i % 2]!.client.post('/auth/login', { email, password: WRONG }),
        ),
      );
      const seconds = (performance.now() - began) / 1000;
      const refused = answers.filter(({ status }) => status === 429);
      const looked = answers.filter(({ status }) => status === 401).length;
      expect(looked + refused.length).toBe(100);
      expect(looked).toBeGreaterThanOrEqual(5);
      // On a slow machine the burst takes longer than the first delays of 1, 2, 4 … s: so many more are due.
      expect(looked).toBeLessThanOrEqual(5 + Math.floor(Math.log2(seconds + 1)));
      const account = createHash('sha256').update(email).digest('hex');
      const rows = await hosts[0]!.database.query(`SELECT total FROM login_attempts WHERE account = $1`, [
        account,
      ]);
      expect(rows).toEqual([{ total: looked }]);
      const waits = refused.map(({ headers }) => Number(headers.get('retry-after')));
      expect(Math.min(...waits)).toBeGreaterThanOrEqual(1);
    },
  );
});

describe('a flood of logins', () => {
  const METRICS = randomBytes(24).toString('base64url');
  let database: TestDatabase;
  let sql: DataSource;
  let service: ServiceProcess;
  beforeAll(async () => {
    database = await createDatabase();
    sql = await new DataSource({ type: 'postgres', url: database.url }).initialize();
    const settings = { BCRYPT_COST: '12', METRICS_TOKEN: METRICS };
    service = await startServiceProcess({ ...productionSettings(database.url), ...settings });
  });
  afterAll(async () => {
    await sql?.destroy();
    await service?.end();
    await database?.drop();
  });

  /** Logins that keep every thread busy for seconds: however slow this machine is, a flood finds none of them free. */
  const occupyThreads = async () => {
    const threads = Math.min(availableParallelism(), 3);
    const emails = Array.from({ length: threads }, newEmail);
    await Promise.all(
      emails.map((email) => service.client.post('/auth/register', { email, password: PASSWORD })),
    );
    const slow = `$2b$15$${'.'.repeat(53)}`;
    await sql.query('UPDATE users SET password_hash = $1 WHERE email = ANY($2)', [slow, emails]);
    const logins = emails.map((email) => service.client.post('/auth/login', { email, password: WRONG }));
    await until(async () => {
      const { body } = await service.client.get('/metrics', { token: METRICS });
      return body.includes(`\nlatchkey_hashing_active ${threads}\n`);
    });
    return logins;
  };

  it('case 82: 200 at once at cost 12: a bounded queue, the rest 503; health and refresh do not wait for it', async () => {
    const { client } = service;
    const { body } = await client.post('/auth/register', { email: newEmail(), password: PASSWORD });
    // The database's connections are made before, as in a service that has run for a while.
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
    await Promise.any(logins); // the first answer is a refusal: by now the queue is full
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
    // The 32 that waited, and those for whom there was room again.
    expect(served).toBeGreaterThanOrEqual(32);
    expect(served).toBeLessThan(100);
    for (const { headers } of refused) expect(headers.get('retry-after')).toBe('1');
    for (const name of ['health 200', 'refresh 200']) {
      expect(finished).toContain(name);
      const after = finished.slice(finished.indexOf(name));
      expect(after.filter((answer) => answer === 'login 401').length).toBeGreaterThan(2);
    }
  }, 60_000);
});
