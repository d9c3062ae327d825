// Covers docs/security.md, case 79, 81.
import { createHash } from 'node:crypto';
import { DataSource } from 'typeorm';
import { newEmail, PASSWORD } from '../support/client.js';
import { type Host, startHost } from '../support/host-app.js';
import { createMigratedDatabase, type TestDatabase } from '../support/postgres.js';
import { productionSettings, type ServiceProcess, startServiceProcess } from '../support/service-process.js';

const WRONG = 'not the sentence of anyone';

describe('parallel logins on two instances', () => {
  let database: TestDatabase;
  let sql: DataSource;
  let instances: ServiceProcess[];
  beforeAll(async () => {
    database = await createMigratedDatabase();
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
  /** From a different address each time, as an attacker with many addresses would. */
  const post = (path: string, body: unknown, instance = 0) => {
    const client = instances[instance % 2]!.client;
    return client.post(path, body, { headers: { 'x-forwarded-for': `198.51.100.${address++ % 250}` } });
  };
  const count = (answers: { status: number }[], status: number) =>
    answers.filter((answer) => answer.status === status).length;

  it('after the wait only one attempt is allowed, however many are made in parallel', async () => {
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

  it('parallel attempts do not get past the limit of a hundred', async () => {
    const email = newEmail();
    await post('/auth/register', { email, password: PASSWORD });
    await post('/auth/login', { email, password: WRONG });
    await sql.query('UPDATE login_attempts SET failures = 1, total = 99, free_at = NULL');
    const wrong = await Promise.all([0, 1].map((i) => post('/auth/login', { email, password: WRONG }, i)));
    expect(count(wrong, 401)).toBe(2);
    expect((await post('/auth/login', { email, password: PASSWORD })).status).toBe(401);
  });

  it('the count survives a restart', async () => {
    const email = newEmail();
    for (let i = 0; i < 5; i++) await post('/auth/login', { email, password: WRONG }, i);
    await sql.query(`UPDATE login_attempts SET free_at = now() + interval '1 minute' WHERE failures = 5`);
    await instances[0]!.end('SIGKILL');
    instances[0] = await startServiceProcess({ ...productionSettings(database.url), RATE_LIMIT: 'on' });
    expect((await post('/auth/login', { email, password: WRONG })).status).toBe(429);
  });
});

describe('a burst of attempts on one account', () => {
  let database: TestDatabase;
  let hosts: Host[];
  beforeAll(async () => {
    database = await createMigratedDatabase();
    // Apps in this process wait for the database as long as necessary, so that there are only two possible answers.
    const options = { rateLimits: { login: { limit: 10_000, per: '1m' } } } as const;
    hosts = [];
    for (let i = 0; i < 2; i++) hosts.push(await startHost({ databaseUrl: database.url, options }));
  });
  afterAll(async () => {
    await Promise.all((hosts ?? []).map((host) => host.close()));
    await database?.drop();
  });

  it.each(['a user', 'nobody'])(
    'of 100 parallel wrong passwords for %s, on two instances, only five are checked',
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
      // On a slow machine the burst outlasts the first delays of 1, 2, 4 … s, and each one that passes allows
      // another attempt.
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
