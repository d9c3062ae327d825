import { setTimeout } from 'node:timers/promises';
import type { QueryRunner } from 'typeorm';

/** The number is arbitrary, but must be the same in every instance, of any version. */
const MIGRATION_LOCK = 7_246_351;
const RETRY_MS = 100;

/** How long to wait for another instance that migrates, and how often to say so. In milliseconds. */
export interface MigrationWait {
  waitMs: number;
  reportMs: number;
  report(line: string): void;
}

/** Longer than any migration of a large database should take. */
export const PATIENTLY: MigrationWait = { waitMs: 10 * 60_000, reportMs: 5_000, report: () => undefined };

/**
 * Leaves a transaction open that has the lock of all instances that migrate. The lock ends with the transaction, however
 * its holder dies, so it works behind a pooler in transaction mode. Nothing waits for it inside PostgreSQL, so those who
 * wait occupy no server of a pooler.
 * @throws Error that says who holds the lock, when the wait takes too long
 */
export async function beginWithLock(
  runner: QueryRunner,
  { waitMs, reportMs, report }: MigrationWait,
): Promise<void> {
  const began = performance.now();
  let reported = began;
  for (;;) {
    await runner.startTransaction();
    if (await tryLock(runner)) return;
    const now = performance.now();
    if (now - began > waitMs || now - reported > reportMs) {
      const holder = await describeHolder(runner).finally(() => runner.rollbackTransaction());
      const seconds = Math.round((now - began) / 1000);
      if (now - began > waitMs)
        throw new Error(
          `Another process has been migrating the database for longer than ${seconds} s: ${holder}. ` +
            'Start again when it has finished; if it hangs, end it with SELECT pg_terminate_backend(pid)',
        );
      report(`Waiting for another process that migrates the database, for ${seconds} s now: ${holder}`);
      reported = now;
    } else {
      await runner.rollbackTransaction();
    }
    await setTimeout(RETRY_MS);
  }
}

async function tryLock(runner: QueryRunner): Promise<boolean> {
  const sql = 'SELECT pg_try_advisory_xact_lock($1)::text AS locked';
  const [row] = (await runner.query(sql, [MIGRATION_LOCK])) as unknown as [{ locked: string }];
  return row.locked === 'true';
}

async function describeHolder(runner: QueryRunner): Promise<string> {
  const [holder] = (await runner.query(
    `SELECT lock.pid::text AS pid, application_name AS name, host(client_addr) AS address, state,
       date_trunc('second', COALESCE(xact_start, backend_start))::text AS since
     FROM pg_locks AS lock LEFT JOIN pg_stat_activity AS activity ON activity.pid = lock.pid
     WHERE locktype = 'advisory' AND classid = 0 AND objid = $1 AND granted
       AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    [MIGRATION_LOCK],
  )) as unknown as Record<string, string | null>[];
  if (!holder) return 'it has just finished';
  const { pid, name, address, state, since } = holder;
  return `process ${pid} of PostgreSQL (${name || 'without a name'}, from ${address ?? 'this machine'}, ${state ?? 'state unknown'}, since ${since ?? 'unknown'})`;
}
