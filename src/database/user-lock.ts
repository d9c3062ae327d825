import type { DataSource } from 'typeorm';
import { unavailableWhenDown } from '../errors/database-errors.js';

/** An arbitrary number, the same for all instances. */
const USER_LOCK = 7_246_354;

/**
 * Runs work under a user's lock: no other work under the same lock runs at the same time, on any instance. The lock
 * belongs to a separate transaction, so that it ends with the connection, even behind a pooler.
 * @throws UnavailableError when the database is unavailable, or the lock cannot be acquired in time
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
