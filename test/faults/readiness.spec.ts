import { randomBytes } from 'node:crypto';
import { logLines } from '../support/logs.js';
import { describeWithPgBouncer, startPgBouncer, type TestPgBouncer } from '../support/pgbouncer.js';
import { runCliProcess } from '../support/cli.js';
import { until } from '../support/until.js';
import { type OwnPostgres, startOwnPostgres } from './support/own-postgres.js';
import { count } from './support/report.js';
import { productionSettings, type ServiceProcess, startBuilt } from './support/service.js';

/** What is proved once a minute is noticed within one, and a little more on a busy machine. */
const NOTICED_MS = 65_000;
const SESSIONS = 'The database does not let this service write sessions.';

async function ready({ client }: ServiceProcess): Promise<string> {
  const { status, body } = await client.get('/health/ready');
  return status === 200 ? 'ready' : body.message;
}

/** Probes as a load balancer does, and returns how long it took. */
async function turns(service: ServiceProcess, answer: string): Promise<number> {
  const began = performance.now();
  await until(async () => (await ready(service)) === answer);
  return performance.now() - began;
}

describe('readiness of a service with real servers', () => {
  let postgres: OwnPostgres;
  let services: ServiceProcess[] = [];
  let settings: Record<string, string>;
  beforeAll(async () => {
    postgres = await startOwnPostgres();
    const { JWT_ACCESS_PRIVATE_KEY: _, ...rest } = productionSettings(postgres.url);
    const owner = { ...rest, KEY_ENCRYPTION_SECRET: randomBytes(48).toString('base64url') };
    await runCliProcess(['migrate'], owner);
    await postgres.query(`CREATE ROLE service LOGIN PASSWORD 'service'`);
    await postgres.query('GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO service');
    const url = new URL(postgres.url);
    [url.username, url.password] = ['service', 'service'];
    settings = { ...owner, DATABASE_URL: url.href, MIGRATE: 'off' };
  });
  afterEach(async () => {
    await Promise.all(services.map((service) => service.end('SIGKILL')));
    services = [];
  });
  afterAll(() => postgres?.close());

  async function start(more: Record<string, string> = {}): Promise<ServiceProcess> {
    const service = await startBuilt({ ...settings, ...more });
    services.push(service);
    return service;
  }

  it('a privilege that is revoked at run time is noticed within a minute, and its cure within seconds', async () => {
    const service = await start();
    expect(await ready(service)).toBe('ready');
    await postgres.query('REVOKE INSERT ON refresh_tokens FROM service');
    expect(await turns(service, SESSIONS)).toBeLessThan(NOTICED_MS);
    const { code, stdout } = await runCliProcess(['doctor', '--json'], settings);
    expect([code, JSON.parse(stdout).findings]).toEqual([
      1,
      expect.arrayContaining([
        expect.objectContaining({
          check: 'grants',
          message: expect.stringContaining('lacks INSERT on "refresh_tokens"'),
        }),
      ]),
    ]);
    await postgres.query('GRANT INSERT ON refresh_tokens TO service');
    expect(await turns(service, 'ready')).toBeLessThan(5_000);
    await until(() => service.output().includes('Ready again'));
    expect(logLines(service).filter(({ msg }) => msg === SESSIONS)).toHaveLength(1);
    count('privileges revoked at run time');
  });

  it('an instance with another KEY_ENCRYPTION_SECRET is not ready, and the others stay so', async () => {
    const [first, second] = [
      await start(),
      await start({ KEY_ENCRYPTION_SECRET: randomBytes(48).toString('base64url') }),
    ];
    expect(await ready(first)).toBe('ready');
    expect(await ready(second)).toBe('The signing keys cannot be opened with the configured secrets.');
    count('instances with the wrong secret');
  });

  it('the proof leaves nothing behind when its process is killed or frozen', async () => {
    const service = await start();
    expect(await ready(service)).toBe('ready');
    service.process.kill('SIGSTOP');
    const open = () =>
      postgres.query(
        `SELECT 1 FROM pg_stat_activity WHERE usename = 'service' AND state LIKE 'idle in transaction%'`,
      );
    await until(async () => (await open()).length === 0);
    service.process.kill('SIGCONT');
    expect(await turns(service, 'ready')).toBeLessThan(5_000);
    expect(await postgres.query('SELECT 1 FROM refresh_tokens UNION ALL SELECT 1 FROM revocations')).toEqual(
      [],
    );
  });

  describeWithPgBouncer('behind PgBouncer', () => {
    let pgbouncer: TestPgBouncer;
    afterEach(() => pgbouncer?.close());

    it.each(['1', '3'])(
      'the proof works in transaction mode with %s servers, for many probes at once',
      async (size) => {
        pgbouncer = await startPgBouncer(postgres.url, {
          pool_mode: 'transaction',
          server_reset_query_always: '1',
          default_pool_size: size,
        });
        const service = await start({ DATABASE_URL: pgbouncer.url, DATABASE_POOLER: 'transaction' });
        const answers = await Promise.all(Array.from({ length: 100 }, () => ready(service)));
        expect(new Set(answers)).toEqual(new Set(['ready']));
        expect(await postgres.query('SELECT 1 FROM refresh_tokens')).toEqual([]);
        count('probes behind a pooler', answers.length);
      },
    );
  });
});
