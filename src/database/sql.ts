import type { DataSource, EntityManager } from 'typeorm';
import { runInTransaction, runStatement, type StatementResult } from './statement.js';

/** Runs one statement: on the pool, or in a transaction. */
export type Sql = <Row>(text: string, values: unknown[]) => Promise<StatementResult<Row>>;

/** @param manager the transaction to run in; the caller handles its errors. Without it, each statement is its own */
export function sqlOn(dataSource: DataSource, manager?: EntityManager): Sql {
  return manager
    ? (text, values) => runInTransaction(manager, { text, values })
    : (text, values) => runStatement(dataSource, { text, values });
}
