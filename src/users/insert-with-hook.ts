import type { DataSource, EntityManager } from 'typeorm';
import { runInTransaction } from '../database/statement.js';
import { InternalError } from '../errors/auth-errors.js';
import { isTransient, unavailableWhenDown } from '../errors/database-errors.js';
import type { insertOf } from './user-insert.js';
import type { Row } from './user-columns.js';

/**
 * A statement of the hook that hangs would keep the rollback waiting behind it, and the connection with it. A limit of the
 * host stays.
 */
const BOUNDED = {
  text: `SELECT set_config('statement_timeout', $1, true) WHERE current_setting('statement_timeout') = '0'`,
  values: ['5s'],
};

/** What a user is inserted with. */
interface Insertion {
  dataSource: DataSource;
  table: string;
  insert: ReturnType<typeof insertOf>;
  /** The transaction to work in. Default: a new one. */
  manager?: EntityManager;
}

/**
 * Inserts a user and calls the hook in the same transaction. Returns the id, or `null` if the address is taken. Look the
 * user up afterwards with {@link assertCommitted}: a statement that the hook has not awaited may still undo the insert.
 * @throws InternalError that names the hook if the user does not exist in the transaction after it
 */
export function insertWithHook(
  { dataSource, table, insert, manager: given }: Insertion,
  hook: (row: Row, manager: EntityManager) => unknown,
): Promise<string | null> {
  const work = async (manager: EntityManager) => {
    await runInTransaction(manager, BOUNDED);
    const [row] = (await runInTransaction<Row>(manager, insert)).rows;
    if (!row) return null;
    const { id } = row;
    await hook(row, manager);
    await assertThere(manager, table, id);
    return id;
  };
  return given ? work(given) : unavailableWhenDown(() => dataSource.transaction(work));
}

/** @throws InternalError that names the hook if there is no such user */
export function assertCommitted<T>(user: T | null): T {
  if (user === null) throw undone();
  return user;
}

/** PostgreSQL answers the COMMIT of a failed transaction with a rollback, without an error. */
async function assertThere(manager: EntityManager, table: string, id: string): Promise<void> {
  const statement = { text: `SELECT FROM ${table} WHERE id = $1`, values: [id] };
  const { count } = await runInTransaction(manager, statement).catch((error: unknown) => {
    throw isTransient(error) ? error : undone(error);
  });
  if (count === 0) throw undone();
}

function undone(cause?: unknown): InternalError {
  const message =
    'registration.onRegister undid the transaction that creates the user: it must throw the error of a failed statement, ' +
    'await all of its statements, and leave the transaction and the user alone';
  return new InternalError({ cause: new Error(message, { cause }) });
}
