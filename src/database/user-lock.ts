import type { DataSource } from 'typeorm';
import { unavailableWhenDown } from '../errors/database-errors.js';

/** Any number will do, as long as every instance asks for the same one. */
const USER_LOCK = 7_246_354;

/**
 * Runs work while nobody else, on any instance, runs work under the same user's lock. A lock of a transaction of its own, so
 * that it ends with the connection, behind a pooler too.
 * @throws UnavailableError when the database is away, or the turn does not come in time
 */
export async function underUserLock<T>(
  dataSource: DataSource,
  userId: string,
  work: () => Promise<T>,
): Promise<T> {
  const runner = dataSource.createQueryRunner();
  try {
    await unavailableWhenDown(async () => {
      await runner.startTransaction();
      await runner.query('SELECT pg_advisory_xact_lock($1, hashtext($2))', [USER_LOCK, userId]);
    });
    return await work();
  } finally {
    if (runner.isTransactionActive) await runner.rollbackTransaction().catch(() => undefined);
    await runner.release();
  }
}
