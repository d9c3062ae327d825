import type { DataSource } from 'typeorm';
import { unavailableWhenDown } from '../errors/database-errors.js';
import { OUR_TYPES } from './value-parsers.js';

interface Statement {
  text: string;
  values: unknown[];
  /** A statement with a name is parsed and planned once per connection. */
  name?: string;
}

/** What a statement returned, and how many rows it read or changed. */
export interface StatementResult<Row> {
  rows: Row[];
  count: number;
}

/** The part of a `pg` pool that is used here. */
interface PgPool {
  query<Row>(query: Statement & { types: object }): Promise<{ rows: Row[]; rowCount: number | null }>;
}

/**
 * Runs one statement on the data source's pool, independently of what the host has set with `pg.types.setTypeParser`:
 * TypeORM's `query` has no parameter for that.
 * @throws UnavailableError when the database is unavailable
 */
export async function runStatement<Row>(
  dataSource: DataSource,
  statement: Statement,
): Promise<StatementResult<Row>> {
  const { rows, rowCount } = await unavailableWhenDown(() =>
    poolOf(dataSource).query<Row>({ ...statement, types: OUR_TYPES }),
  );
  return { rows, count: rowCount ?? 0 };
}

function poolOf(dataSource: DataSource): PgPool {
  const { master } = dataSource.driver as unknown as { master?: PgPool };
  if (!master) throw new Error('Driver not Connected');
  return master;
}
