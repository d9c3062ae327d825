import { Client as Connection } from 'pg';
import { newEmail, PASSWORD } from '../support/client.js';
import { runCli } from '../support/cli.js';
import { describeWithPgBouncer, startPgBouncer, type TestPgBouncer } from '../support/pgbouncer.js';
import { runService } from '../support/service-process.js';
import { until } from '../support/until.js';
import { Follower } from './support/follower.js';
import { type OwnPostgres, startOwnPostgres } from './support/own-postgres.js';
import { count } from './support/report.js';
import { newAccount, productionSettings, type ServiceProcess, startBuilt } from './support/service.js';

const CLIENTS = 20;
const BOUND_MS = 2_000;
const promises = { leewayMs: 10_000, boundMs: BOUND_MS };
const IN_TRANSACTION_MODE = { pool_mode: 'transaction', server_reset_query_always: '1' };

describeWithPgBouncer('behind PgBouncer', () => {
  let postgres: OwnPostgres;
  let pgbouncer: TestPgBouncer;
  let settings: Record<string, string>;
  let instances: ServiceProcess[] = [];

  beforeEach(async () => {
    postgres = await startOwnPostgres();
  });
  afterEach(async () => {
    await Promise.all(instances.map((instance) => instance.end('SIGKILL')));
    instances = [];
    await pgbouncer?.close();
    await postgres?.close();
  });

  async function begin(options: Record<string, string>, mode = 'transaction'): Promise<void> {
    pgbouncer = await startPgBouncer(postgres.url, options);
    settings = { ...productionSettings(pgbouncer.url), DATABASE_POOLER: mode };
  }

  async function startInstances(more: Record<string, string> = {}): Promise<void> {
    instances = await Promise.all([1, 2].map(() => startBuilt({ ...settings, ...more })));
  }

  /** Starts the service, which is expected to end, and returns what it printed. */
  async function failedStart(without: Record<string, string>): Promise<string> {
    const failure = startBuilt(without).then(
      (instance) => (instances.push(instance), 'it started'),
      (error: Error) => error.message,
    );
    return failure;
  }

  const one = (n: number) => () => instances[n % instances.length]!.client;

  /** Registers, logs in, refreshes and logs out, and returns the statuses. */
  async function live(n: number): Promise<number[]> {
    const account = { email: newEmail(), password: PASSWORD };
    const statuses: number[] = [];
    const post = async (at: number, path: string, body: object) => {
      const answer = await one(at)().post(path, body);
      statuses.push(answer.status);
      return answer.body;
    };
    await post(n, '/auth/register', account);
    let { refreshToken } = await post(n + 1, '/auth/login', account);
    for (let i = 0; i < 5; i++) ({ refreshToken } = await post(n + i, '/auth/refresh', { refreshToken }));
    await post(n, '/auth/logout', { refreshToken });
    return statuses;
  }

  it.each([
    ['transaction', '1'],
    ['transaction', '2'],
    ['session', '44'],
  ])('in %s mode with %s servers, 20 clients of two instances are all served', async (mode, size) => {
    await begin({ ...IN_TRANSACTION_MODE, pool_mode: mode, default_pool_size: size }, mode);
    await startInstances();
    const statuses = (await Promise.all(Array.from({ length: CLIENTS }, (_, n) => live(n)))).flat();
    count('requests behind a pooler', statuses.length);
    expect([...new Set(statuses)].sort()).toEqual([200, 201, 204]);
    for (const instance of instances)
      expect(instance.output()).not.toMatch(/prepared statement|INTERNAL_ERROR/);
  });

  it.each([
    ['within the bound without a direct URL', false, BOUND_MS],
    ['immediately with a direct URL', true, 500],
  ])('a revocation reaches the other instance %s', async (_name, direct, bound) => {
    await begin({ ...IN_TRANSACTION_MODE, default_pool_size: '2' });
    await startInstances(direct ? { DATABASE_DIRECT_URL: postgres.url } : {});
    const email = await newAccount(instances[0]!);
    const visit = async (token: string) => (await one(1)().get('/api/protected', { token })).status;
    for (let i = 0; i < 5; i++) {
      const session = await Follower.login(one(0), email);
      expect(await visit(session.accessToken)).toBe(200);
      await session.logoutForSure();
      const ended = performance.now();
      await until(async () => (await visit(session.accessToken)) === 401);
      expect(performance.now() - ended).toBeLessThan(bound);
    }
  });

  it('a restart under load costs no session', async () => {
    await begin({ ...IN_TRANSACTION_MODE, default_pool_size: '2' });
    await startInstances({ DATABASE_DIRECT_URL: postgres.url });
    const email = await newAccount(instances[0]!);
    const followers = await Promise.all(Array.from({ length: 8 }, (_, n) => Follower.login(one(n), email)));
    const run = { finished: false };
    const loads = followers.map(async (follower) => {
      while (!run.finished) await follower.refreshForSure();
    });
    for (let i = 0; i < 3; i++) {
      await pgbouncer.restart();
      count('restarts of a pooler');
      const back = performance.now();
      for (const { client } of instances)
        await until(async () => (await client.get('/health/ready')).status === 200);
      expect(performance.now() - back).toBeLessThan(5_000);
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    run.finished = true;
    await Promise.all(loads);
    expect(followers.flatMap((follower) => follower.broken(promises))).toEqual([]);
    for (const instance of instances) expect(instance.output()).not.toContain('INTERNAL_ERROR');
  });

  it('requests that wait for a server in vain are answered with 503', async () => {
    await begin({ ...IN_TRANSACTION_MODE, default_pool_size: '1', query_wait_timeout: '1' });
    await startInstances();
    const email = await newAccount(instances[0]!);
    const hog = new Connection({ connectionString: pgbouncer.url });
    hog.on('error', () => undefined);
    await hog.connect();
    await hog.query('BEGIN');

    const answers = await Promise.all(
      Array.from({ length: CLIENTS }, async (_, n) => {
        const began = performance.now();
        const { status } = await one(n)().post('/auth/login', { email, password: PASSWORD });
        return { status, ms: performance.now() - began };
      }),
    );
    count('requests while the pool was exhausted', CLIENTS);
    expect([...new Set(answers.map(({ status }) => status))]).toEqual([503]);
    expect(Math.max(...answers.map(({ ms }) => ms))).toBeLessThan(2_500); // two seconds, on a busy machine
    expect((await one(0)().get('/health/ready')).status).toBe(503);

    await hog.query('COMMIT');
    await hog.end();
    for (const { client } of instances)
      await until(async () => (await client.get('/health/ready')).status === 200);
    await (await Follower.login(one(1), email)).refreshForSure();
  });

  it('an instance that is killed while it migrates leaves no lock behind', async () => {
    await begin({ ...IN_TRANSACTION_MODE, default_pool_size: '3' });
    await postgres.query(
      'CREATE TABLE migrations (id serial PRIMARY KEY, timestamp bigint NOT NULL, name varchar NOT NULL)',
    );
    const blocker = new Connection({ connectionString: postgres.url });
    await blocker.connect();
    await blocker.query('BEGIN; LOCK TABLE migrations');
    // In the middle of the migration, rather than in the look before it, which takes no lock.
    const waiting = async () => {
      const sql = `SELECT 1 FROM pg_stat_activity JOIN pg_locks USING (pid)
        WHERE application_name = 'latchkey-migrate' AND wait_event_type = 'Lock' AND locktype = 'advisory' AND pg_locks.granted`;
      return (await postgres.query(sql)).length > 0;
    };

    const killed = runService(settings);
    await until(waiting);
    killed.kill('SIGKILL');
    let second = '';
    const next = runService({ ...settings, PORT: '0' });
    next.stdout!.on('data', (chunk: Buffer) => (second += chunk.toString()));
    await until(() => second.includes('Waiting for another process that migrates the database, for 5 s now'));
    expect(second).toMatch(/process \d+ of PostgreSQL \(latchkey-migrate, from 127\.0\.0\.1, active, since /);
    await blocker.query('COMMIT');
    await blocker.end();
    await until(() => second.includes('listens on'));
    next.kill('SIGKILL');
    count('instances killed while they migrate');

    await startInstances();
    for (const { client } of instances) expect((await client.get('/health/ready')).status).toBe(200);
  });

  describe('with settings that do not fit', () => {
    const IGNORED = { ignore_startup_parameters: 'statement_timeout' };

    it.each([
      ['transaction', undefined, {}, /in transaction mode: set DATABASE_POOLER=transaction/],
      ['transaction', undefined, IGNORED, /in transaction mode: set DATABASE_POOLER=transaction/],
      ['transaction', 'session', IGNORED, /in transaction mode: set DATABASE_POOLER=transaction/],
      ['session', undefined, {}, /refuses the parameter statement_timeout: set DATABASE_POOLER=/],
      ['statement', undefined, {}, /in statement mode, which allows no transactions: set its pool_mode/],
      ['statement', 'transaction', {}, /in statement mode, which allows no transactions: set its pool_mode/],
    ])(
      '%s mode with DATABASE_POOLER=%s %j: the start ends with a sentence',
      async (mode, said, more, sentence) => {
        await begin({ pool_mode: mode, ...more });
        const { DATABASE_POOLER: _, ...rest } = settings;
        const given = said ? { ...rest, DATABASE_POOLER: said } : rest;
        const output = await failedStart(given);
        expect(output).toMatch(sentence);
        expect(output).not.toMatch(/^\s+at /m);
        expect(output).not.toContain(new URL(pgbouncer.url).password);

        const { code, stdout } = await runCli(['doctor', '--json'], given);
        expect(code).toBe(1);
        const findings: { check: string; state: string; message: string }[] = JSON.parse(stdout).findings;
        expect(findings.filter(({ state }) => state === 'problem').map(({ message }) => message)).toEqual([
          expect.stringMatching(sentence),
        ]);
      },
    );

    it('doctor says that a server is read-only, even behind a pooler that does not fit', async () => {
      await begin({ ...IN_TRANSACTION_MODE });
      const { DATABASE_POOLER: _, ...given } = settings;
      await postgres.query('ALTER ROLE latchkey SET default_transaction_read_only = on');
      try {
        await pgbouncer.restart();
        const { stdout } = await runCli(['doctor', '--json'], given);
        const findings: { check: string; state: string; message: string }[] = JSON.parse(stdout).findings;
        expect(findings.filter(({ state }) => state === 'problem').map(({ check }) => check)).toEqual([
          'pooler',
          'server',
        ]);
      } finally {
        await postgres.query(
          'BEGIN READ WRITE; ALTER ROLE latchkey RESET default_transaction_read_only; COMMIT',
        );
        await pgbouncer.restart();
      }
    });

    it('doctor names what is missing in transaction mode, and then that all is well', async () => {
      await begin({ ...IN_TRANSACTION_MODE });
      const examine = async (given: Record<string, string>) => {
        const { stdout } = await runCli(['doctor', '--json'], given);
        const findings: { check: string; state: string; message: string }[] = JSON.parse(stdout).findings;
        return findings.filter(({ check }) => ['pooler', 'connections'].includes(check));
      };
      await runCli(['migrate'], settings);
      expect(await examine(settings)).toEqual([
        { check: 'pooler', state: 'warning', message: expect.stringContaining('SET statement_timeout') },
        {
          check: 'pooler',
          state: 'warning',
          message: expect.stringContaining('DATABASE_DIRECT_URL is not set'),
        },
        { check: 'connections', state: 'ok', message: expect.stringContaining('up to 21 connections') },
      ]);
      const around = { ...settings, DATABASE_DIRECT_URL: pgbouncer.url };
      expect(await examine(around)).toContainEqual({
        check: 'pooler',
        state: 'problem',
        message: expect.stringContaining('leads to a pooler in transaction mode too'),
      });
      await postgres.query(`ALTER ROLE latchkey SET statement_timeout = '900ms'`);
      await pgbouncer.restart();
      expect(await examine({ ...settings, DATABASE_DIRECT_URL: postgres.url })).toEqual([
        { check: 'pooler', state: 'ok', message: 'DATABASE_DIRECT_URL leads past the pooler' },
        { check: 'connections', state: 'ok', message: expect.stringContaining('up to 21 connections') },
      ]);
    });
  });
});
