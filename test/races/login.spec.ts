import { createHash } from 'node:crypto';
import { DataSource } from 'typeorm';
import { type Answer, newEmail, PASSWORD } from '../support/client.js';
import { createDatabase, type TestDatabase } from '../support/postgres.js';
import { productionSettings, type ServiceProcess, startServiceProcess } from '../support/service-process.js';

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

  const totalOf = async (email: string) => {
    const account = createHash('sha256').update(email).digest('hex');
    const query = 'SELECT total FROM login_attempts WHERE account = $1';
    return (await sql.query<{ total: number }[]>(query, [account]))[0]?.total;
  };

  it.each(['a user', 'nobody'])(
    'case 79: of 100 parallel wrong passwords for %s from 100 addresses five are looked at',
    async (who) => {
      const email = newEmail();
      if (who === 'a user') await post('/auth/register', { email, password: PASSWORD });
      const began = performance.now();
      const answers = await Promise.all(
        Array.from({ length: 100 }, (_, i) => post('/auth/login', { email, password: WRONG }, i)),
      );
      const seconds = (performance.now() - began) / 1000;
      const looked = count(answers, 401);
      expect(looked).toBeGreaterThanOrEqual(5);
      // On a slow machine the burst takes longer than the first delays of 1, 2, 4 … s: so many more are due.
      expect(looked).toBeLessThanOrEqual(5 + Math.floor(Math.log2(seconds + 1)));
      // None of the others was looked at: they were told to wait, or that a machine too slow for the burst was too busy.
      expect(count(answers, 429) + count(answers, 503)).toBe(100 - looked);
      expect(await totalOf(email)).toBe(looked);
      const waits = answers
        .filter(({ status }) => status === 429)
        .map(({ headers }) => Number(headers.get('retry-after')));
      expect(Math.min(...waits)).toBeGreaterThanOrEqual(1);
    },
  );

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

describe('a flood of logins', () => {
  let database: TestDatabase;
  let service: ServiceProcess;
  beforeAll(async () => {
    database = await createDatabase();
    service = await startServiceProcess({ ...productionSettings(database.url), BCRYPT_COST: '12' });
  });
  afterAll(async () => {
    await service?.end();
    await database?.drop();
  });

  it('case 82: 200 at once at cost 12: a bounded queue, the rest 503; health and refresh do not wait for it', async () => {
    const { client } = service;
    const { body } = await client.post('/auth/register', { email: newEmail(), password: PASSWORD });
    // The database's connections are made before, as in a service that has run for a while.
    await Promise.all(Array.from({ length: 20 }, () => client.get('/health/ready')));

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
    const refusals = logins.map(async (login) => {
      if ((await login).status !== 503) throw new Error('not refused');
    });
    await Promise.any(refusals); // by now the queue is full
    await Promise.all([
      client.get('/health/ready').then(note('health')),
      client.post('/auth/refresh', { refreshToken: body.refreshToken }).then(note('refresh')),
    ]);
    const answers = await Promise.all(logins);

    const served = answers.filter(({ status }) => status === 401).length;
    const refused = answers.filter(({ status }) => status === 503);
    expect(served + refused.length).toBe(200);
    // Three at work and 32 waiting, and those for whom there was room again.
    expect(served).toBeLessThan(100);
    for (const { headers } of refused) expect(headers.get('retry-after')).toBe('1');
    for (const name of ['health 200', 'refresh 200']) {
      expect(finished).toContain(name);
      const after = finished.slice(finished.indexOf(name));
      expect(after.filter((answer) => answer === 'login 401').length).toBeGreaterThan(2);
    }
  }, 60_000);
});
