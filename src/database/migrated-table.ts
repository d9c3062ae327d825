import type { DataSource, QueryRunner } from 'typeorm';
import { quoteName, quotePath } from './quote-name.js';

/** Tables, indexes and their like share their names within a schema. `name` cuts a name as PostgreSQL does. */
const RELATION = `SELECT pg_class.oid FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
  WHERE relname = $1::name AND nspname = COALESCE($2, current_schema())`;

/**
 * A table as a migration writes it: under the name that the data source gives to its entity, with the schema, the
 * prefix and the naming strategy. Computed without the entity, which a data source that only migrates may not have.
 * Columns keep their names, because the entities and the stores name them explicitly.
 */
export class MigratedTable {
  /** Quoted for SQL, with the schema. */
  readonly path: string;
  private readonly name: string;
  private readonly schema: string | undefined;

  /**
   * @param given the name that the entity declares
   * @param entity the name of the entity's class
   */
  constructor(
    private readonly queryRunner: QueryRunner,
    private readonly given: string,
    entity: string,
  ) {
    const { options, namingStrategy } = dataSourceOf(queryRunner);
    const { entityPrefix, schema } = options as { entityPrefix?: string; schema?: string };
    const name = namingStrategy.tableName(entity, given);
    this.name = entityPrefix ? namingStrategy.prefixTableName(entityPrefix, name) : name;
    this.schema = schema;
    this.path = quotePath({ schema, tableName: this.name });
  }

  /**
   * The columns of the table, or `null` if the schema where it would be created has none with this name. Other schemas
   * of the search path do not count: they may belong to other tenants.
   */
  async columns(): Promise<string[] | null> {
    const rows = await this.queryRunner.query(
      `SELECT attname::text AS name FROM pg_attribute JOIN (${RELATION}) AS found ON attrelid = found.oid
       WHERE attnum > 0 AND NOT attisdropped`,
      [this.name, this.schema],
    );
    return rows.length > 0 ? rows.map(({ name }: { name: string }) => name) : null;
  }

  /** @throws Error that says how to give this table another name, if there is one with this name already */
  async assertNew(): Promise<void> {
    if ((await this.columns()) === null) return;
    throw new Error(
      `The table ${this.path} exists already and was not created by this migration. If it is yours, give AuthModule ` +
        "another schema: database: { url, schema: 'auth' }, or a data source with a schema, " +
        "TypeOrmModule.forRoot({ name: 'auth', schema: 'auth', … }), and dataSource: 'auth'.",
    );
  }

  /**
   * A name, quoted for SQL, for a constraint or an index of this table: the one that the entity declares, so that the
   * schema matches the entities. If a table of the host has taken it, one derived from the name of this table.
   */
  async freeName(declared: string): Promise<string> {
    const rest = declared.slice(this.given.length);
    const names = [declared, `${this.name}${rest}`, `latchkey_${this.name}${rest}`];
    for (const name of names) if (!(await this.isTaken(name))) return quoteName(name);
    return quoteName(names.at(-1)!);
  }

  /** The table as found in the database, quoted for SQL, always with its schema: for statements inside functions. */
  async located(): Promise<string> {
    return `${quoteName(await this.schemaName())}.${quoteName(this.name)}`;
  }

  /** A name for a function that belongs to this table, quoted for SQL, in the schema of the table. */
  async functionName(suffix: string): Promise<string> {
    // PostgreSQL cuts names after 63 bytes, and two functions must not become one.
    return `${quoteName(await this.schemaName())}.${quoteName(`${this.name.slice(0, 45)}_${suffix}`)}`;
  }

  /** The index, quoted for SQL, that has this one column: its name varies, see {@link freeName}. */
  async indexOn(column: string): Promise<string> {
    const [row] = await this.queryRunner.query(
      `SELECT indexrelid::regclass::text AS name FROM pg_index
       JOIN pg_attribute ON attrelid = indrelid AND indnatts = 1 AND attnum = indkey[0]
       WHERE indrelid = $1::regclass AND attname = $2`,
      [this.path, column],
    );
    return row.name;
  }

  private async schemaName(): Promise<string> {
    const [row] = await this.queryRunner.query(
      `SELECT nspname AS name FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
       WHERE pg_class.oid = $1::regclass`,
      [this.path],
    );
    return row.name;
  }

  private async isTaken(name: string): Promise<boolean> {
    return (await this.queryRunner.query(RELATION, [name, this.schema])).length > 0;
  }
}

/** TypeORM 1 calls it `dataSource`, TypeORM 0.3 `connection`. */
function dataSourceOf(queryRunner: Partial<Record<'dataSource' | 'connection', DataSource>>): DataSource {
  return (queryRunner.dataSource ?? queryRunner.connection)!;
}
