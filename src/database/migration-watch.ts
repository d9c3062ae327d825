import type { DataSource, QueryRunner } from 'typeorm';
import type { MigrationWait } from './migration-lock.js';
import type { Servers } from './servers.js';

/** SQLSTATE lock_not_available. */
const LOCK_TIMEOUT = '55P03';
/** A server that does not answer for so many reports is given up. Behind a pooler, all its servers may be in use. */
const MOST_UNANSWERED = 6;

/**
 * Runs the migrations of an open transaction. Says which other process keeps a table locked, again and again, and gives
 * up after `waitMs`: everybody else who uses the table waits behind the migration.
 * @throws Error that says who has the lock for too long, or that the server has stopped answering
 */
export async function watched(
  source: DataSource,
  runner: QueryRunner,
  wait: MigrationWait,
  work: () => Promise<void>,
): Promise<void> {
  // The role may have short limits, which are meant for requests.
  await runner.query(`SET LOCAL statement_timeout = 0`);
  await runner.query(`SET LOCAL lock_timeout = ${wait.waitMs}`);
  const [{ pid }] = (await runner.query('SELECT pg_backend_pid()::text AS pid')) as unknown as [
    { pid: string },
  ];
  const watch = new Watch(source, pid, wait);
  try {
    await work();
  } catch (error) {
    throw watch.explain(error as Error & { code?: string });
  } finally {
    watch.end();
  }
}

class Watch {
  private readonly timer: NodeJS.Timeout;
  private readonly began = performance.now();
  private asking = false;
  private unanswered = 0;
  private holder: string | undefined;

  constructor(
    private readonly source: DataSource,
    private readonly pid: string,
    private readonly wait: MigrationWait,
  ) {
    this.timer = setInterval(() => this.look(), wait.reportMs);
  }

  end(): void {
    clearInterval(this.timer);
  }

  explain(error: Error & { code?: string }): Error {
    if (this.isGivenUp())
      return new Error('PostgreSQL has stopped answering during the migration.', { cause: error });
    if (error.code !== LOCK_TIMEOUT) return error;
    const holder = this.holder ?? 'another process of PostgreSQL';
    return new Error(
      `A table that must be migrated has been locked for longer than ${this.wait.waitMs / 1000} s by ${holder}. ` +
        'Start again when it has finished; if it hangs, end it with SELECT pg_terminate_backend(pid)',
      { cause: error },
    );
  }

  private look(): void {
    const seconds = Math.round((performance.now() - this.began) / 1000);
    if (this.asking) {
      this.unanswered++;
      if (this.isGivenUp()) this.cut();
      return;
    }
    this.asking = true;
    this.blocker()
      .then((holder) => {
        this.holder = holder ?? this.holder;
        if (holder)
          this.wait.report(
            `The migration waits for a lock, ${seconds} s after it began, which is held by ${holder}`,
          );
        this.unanswered = 0;
      })
      .catch(() => undefined) // such as one connection too many
      .finally(() => (this.asking = false));
  }

  private async blocker(): Promise<string | undefined> {
    const [found] = await this.source.query<{ pid: string; name: string; state: string; since: string }[]>(
      `SELECT pid::text AS pid, application_name AS name, COALESCE(state, 'state unknown') AS state,
         COALESCE(date_trunc('second', xact_start)::text, 'unknown') AS since
       FROM pg_stat_activity WHERE pid = ANY(pg_blocking_pids($1::int)) ORDER BY xact_start LIMIT 1`,
      [this.pid],
    );
    return found
      ? `process ${found.pid} of PostgreSQL (${found.name || 'without a name'}, ${found.state}, since ${found.since})`
      : undefined;
  }

  private isGivenUp(): boolean {
    return this.unanswered >= MOST_UNANSWERED;
  }

  /** The statement in progress fails then. */
  private cut(): void {
    this.end();
    const { master } = this.source.driver as unknown as { master: { options: { servers?: Servers } } };
    master.options.servers?.abandon();
  }
}
