import { setTimeout } from 'node:timers/promises';
import type { DataSource, QueryRunner } from 'typeorm';

/**
 * What stands between this process and PostgreSQL. `pooled`: a pooler that gives each connection its own server, as far as
 * can be seen.
 */
export type FoundPooler = 'none' | 'pooled' | 'transaction' | 'statement';

const ATTEMPTS = 3;
/** What PgBouncer answers to BEGIN in statement mode. */
const NO_TRANSACTIONS = /transaction blocks not allowed/i;
/** In session mode with a single server, a second connection waits for the first one, however often that one is served. */
const TURNS = 7;
const BETWEEN_TURNS_MS = 100;

const WAITING = Symbol('waiting');

interface Runner extends QueryRunner {
  connect(): Promise<{ processID?: number }>;
}

/**
 * Finds out what stands in front of the data source's database. A pooler gives each connection a process id of its own
 * invention; two open connections that are served by the same process of PostgreSQL have no server each.
 */
export async function detectPooler(dataSource: DataSource): Promise<FoundPooler> {
  const runner = dataSource.createQueryRunner() as Runner;
  try {
    const { processID } = await runner.connect();
    if ((await servedBy(runner)) === processID) return 'none';
    await runner.query('BEGIN');
    await runner.query('COMMIT');
    for (let attempt = 0; attempt < ATTEMPTS; attempt++)
      if (await sharesItsServer(dataSource, runner)) return 'transaction';
    return 'pooled';
  } catch (error) {
    if (NO_TRANSACTIONS.test((error as Error).message)) return 'statement';
    throw error;
  } finally {
    await runner.release();
  }
}

async function sharesItsServer(dataSource: DataSource, first: QueryRunner): Promise<boolean> {
  const second = dataSource.createQueryRunner();
  // One after the other: two statements at the same time might be served by two servers.
  let asked: Promise<unknown> = second.connect();
  try {
    if ((await unlessItWaits(asked, first)) === undefined) return false;
    const pid = await servedBy(first);
    asked = servedBy(second);
    return pid === (await unlessItWaits(asked, first));
  } finally {
    void asked
      .catch(() => undefined)
      .then(() => second.release())
      .catch(() => undefined);
  }
}

/** Returns what the other connection is told; `undefined` if it waits while the first one is served again and again. */
async function unlessItWaits(told: Promise<unknown>, first: QueryRunner): Promise<unknown> {
  const outcome = told.catch(() => undefined);
  for (let turn = 0; turn < TURNS; turn++) {
    const result = await Promise.race([outcome, setTimeout(BETWEEN_TURNS_MS, WAITING)]);
    if (result !== WAITING) return result;
    await servedBy(first);
  }
  return undefined;
}

async function servedBy(runner: QueryRunner): Promise<number> {
  const [row] = (await runner.query('SELECT pg_backend_pid()::text AS pid')) as unknown as [{ pid: string }];
  return Number(row.pid);
}
