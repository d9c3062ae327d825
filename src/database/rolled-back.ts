import type { DataSource } from 'typeorm';
import { unavailableWhenDown } from '../errors/database-errors.js';
import { poolingOf, setPooling } from './pooling.js';

/** The part of a connection of a `pg` pool that is used here. */
interface Connection {
  query(statement: unknown): Promise<unknown>;
  on(event: 'error', listener: () => void): unknown;
  off(event: 'error', listener: () => void): unknown;
  /** @param broken whether the connection cannot be used again */
  release(broken: boolean): void;
}

/** A process that is frozen in here must not keep a transaction open, which would stop the vacuum of all tables. */
const BEGIN = `BEGIN; SET LOCAL idle_in_transaction_session_timeout = '2s'; SET LOCAL statement_timeout = '900ms'`;

/**
 * Runs work in a transaction that is always rolled back, on one connection of the pool. What the work does with the data
 * source that it receives happens in the transaction; nothing of it remains, and no notification is sent.
 * Once a statement has failed, all later ones fail with its error and are not sent.
 * @throws UnavailableError when no connection is available
 */
export async function rolledBack(
  dataSource: DataSource,
  work: (inside: DataSource) => Promise<void>,
): Promise<void> {
  const { master } = dataSource.driver as unknown as { master: { connect(): Promise<Connection> } };
  const connection = await unavailableWhenDown(() => master.connect());
  // The pool listens only while a connection is idle, and an unheard error would end the process.
  const ignore = () => undefined;
  connection.on('error', ignore);
  let first: { error: unknown } | undefined;
  const query = async (statement: unknown) => {
    if (first) throw first.error;
    try {
      return await connection.query(statement);
    } catch (error) {
      first = { error };
      throw error;
    }
  };
  try {
    await unavailableWhenDown(() => query(BEGIN));
    await work(within(dataSource, query));
  } finally {
    const broken = await connection.query('ROLLBACK').then(
      () => false,
      () => true,
    );
    connection.off('error', ignore);
    connection.release(broken);
  }
}

/** The data source with a pool that is the one connection. */
function within(dataSource: DataSource, query: (statement: unknown) => Promise<unknown>): DataSource {
  const driver = Object.create(dataSource.driver, { master: { value: { query } } }) as unknown;
  const inside = Object.create(dataSource, { driver: { value: driver } }) as DataSource;
  // A statement that a pooler lost together with its server would break the transaction.
  setPooling(inside, { ...poolingOf(dataSource), preparedStatements: false });
  return inside;
}
