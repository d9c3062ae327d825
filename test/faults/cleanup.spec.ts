import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { until } from '../support/until.js';
import { Follower } from './support/follower.js';
import { type OwnPostgres, startOwnPostgres } from './support/own-postgres.js';
import { count } from './support/report.js';
import { newAccount, productionSettings, type ServiceProcess, startBuilt } from './support/service.js';

const ROWS = 1_000_000;
const ROOT = join(import.meta.dirname, '../..');

describe('the cleanup is killed with a million rows to go', () => {
  let postgres: OwnPostgres;
  let service: ServiceProcess;
  let settings: Record<string, string>;
  let email: string;
  beforeAll(async () => {
    postgres = await startOwnPostgres();
    settings = productionSettings(postgres.url);
    service = await startBuilt(settings);
    email = await newAccount(service);
    await postgres.query(`
      INSERT INTO refresh_tokens
        (id, user_id, current_jti, created_at, rotated_at, last_used_at, expires_at, absolute_expires_at, revoked_at)
      SELECT gen_random_uuid(), n::text, gen_random_uuid(), past, past, past, past, past, past
      FROM generate_series(1, ${ROWS}) AS n, (SELECT now() - interval '1 day' AS past) AS times;`);
  });
  afterAll(async () => {
    await service?.end('SIGKILL');
    await postgres?.close();
  });

  const expired = async () =>
    (
      await postgres.query<{ n: number }>(
        'SELECT count(*)::int AS n FROM refresh_tokens WHERE absolute_expires_at < now()',
      )
    )[0]!.n;
  /** PostgreSQL's own count: counting the rows would take longer than deleting thousands of them. */
  const deleted = async () =>
    (
      await postgres.query<{ n: number }>(
        "SELECT n_tup_del::int AS n FROM pg_stat_user_tables WHERE relname = 'refresh_tokens'",
      )
    )[0]!.n;
  const purge = () => {
    const { PATH } = process.env;
    const cli = join(ROOT, 'dist/cli/main.js');
    return spawn(process.execPath, [cli, 'sessions', 'purge', '--json'], {
      cwd: ROOT,
      env: { PATH, ...settings },
      stdio: 'ignore',
    });
  };

  it('refreshes continue, evidence of reuse is kept, and the next cleanup finishes the work', async () => {
    // Evidence: a session revoked for reuse, one that was ended, and one whose first token was used twice.
    const [reused, ended, going] = await Promise.all(
      [0, 1, 2].map(() => Follower.login(() => service.client, email)),
    );
    const old = new Map([reused!, ended!, going!].map((session) => [session, session.refreshToken]));
    for (const session of [reused!, ended!, going!]) {
      await session.refreshForSure();
      await session.refreshForSure();
    }
    const errorOf = async (refreshToken: string) =>
      (await service.client.post('/auth/refresh', { refreshToken })).body.error;
    expect(await errorOf(old.get(reused!)!)).toBe('REFRESH_TOKEN_REUSED');
    await ended!.logoutForSure();

    const load = await Follower.login(() => service.client, email);
    const times: number[] = [];
    const run = { finished: false };
    const refreshing = (async () => {
      while (!run.finished) {
        const began = performance.now();
        expect(await load.refresh()).toBe(true);
        times.push(performance.now() - began);
        await setTimeout(5);
      }
    })();

    const first = purge();
    const exited = once(first, 'exit');
    await until(async () => (await deleted()) >= 20_000);
    first.kill('SIGKILL');
    expect(await exited).toEqual([null, 'SIGKILL']);
    count('cleanups killed');
    const left = await expired();
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThan(ROWS);

    const second = purge();
    const [code] = (await once(second, 'exit')) as [number];
    run.finished = true;
    await refreshing;
    expect(code).toBe(0);
    expect(await expired()).toBe(0);
    count('expired rows deleted', ROWS);

    const slowest = Math.max(...times);
    expect(times.length).toBeGreaterThan(100);
    expect(slowest).toBeLessThan(1_000);
    expect(load.broken({ leewayMs: 10_000, boundMs: 2_000 })).toEqual([]);

    expect(await errorOf(old.get(reused!)!)).toBe('TOKEN_REVOKED');
    expect(await errorOf(ended!.refreshToken)).toBe('TOKEN_REVOKED');
    expect(await errorOf(old.get(going!)!)).toBe('REFRESH_TOKEN_REUSED');
  });
});
