import type { DataSource, EntityManager } from 'typeorm';
import { unavailableWhenDown } from '../errors/database-errors.js';
import { inSpan, isTraced } from '../tracing/spans.js';
import { describeStatement } from './describe-statement.js';
import { OUR_TYPES } from './value-parsers.js';

interface Statement {
  text: string;
  values: unknown[];
  /** A statement with a name is parsed and planned once per connection. */
  name?: string;
  /** Default: our own parsers for everything. */
  types?: object;
}

/** What a statement returned, and how many rows it read or changed. */
export interface StatementResult<Row> {
  rows: Row[];
  count: number;
}

/** The part of a `pg` pool, or of one of its connections, that is used here. */
interface PgConnection {
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
  return unavailableWhenDown(() => send<Row>(poolOf(dataSource), statement));
}

/** Runs one statement in a transaction of TypeORM, like {@link runStatement}. The caller handles its errors. */
export async function runInTransaction<Row>(
  { queryRunner }: EntityManager,
  statement: Statement,
): Promise<StatementResult<Row>> {
  return send<Row>((await queryRunner!.connect()) as PgConnection, statement);
}

function send<Row>(to: PgConnection, statement: Statement): Promise<StatementResult<Row>> {
  if (!isTraced()) return ask(to, statement);
  const attributes = describeStatement(statement.text);
  return inSpan(attributes['db.query.summary'], { kind: 'client', attributes }, () => ask(to, statement));
}

async function ask<Row>(to: PgConnection, statement: Statement): Promise<StatementResult<Row>> {
  const { rows, rowCount } = await to.query<Row>({ types: OUR_TYPES, ...statement });
  return { rows, count: rowCount ?? 0 };
}

function poolOf(dataSource: DataSource): PgConnection {
  const { master } = dataSource.driver as unknown as { master?: PgConnection };
  if (!master) throw new Error('Driver not Connected');
  return master;
}
