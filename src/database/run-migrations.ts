import type { DataSource, MigrationInterface, QueryRunner } from 'typeorm';
import { beginWithLock, type MigrationWait } from './migration-lock.js';
import { watched } from './migration-watch.js';
import { quoteName, quotePath } from './quote-name.js';

export type MigrationClass = new () => MigrationInterface;

/** The table that TypeORM itself uses for the names of the migrations that have run. */
const TABLE = 'migrations';

export interface MigrationSettings {
  /** Created if it does not exist. Default: the first one on the search path. */
  schema?: string | undefined;
  migrations: readonly MigrationClass[];
  wait: MigrationWait;
}

/**
 * Brings a schema up to date, and creates it if it does not exist. Instances that start at the same time take turns, so
 * each migration runs once.
 * @throws Error that says who else is migrating, or keeps a table locked, for too long
 */
export async function runMigrations(
  source: DataSource,
  { schema, migrations, wait }: MigrationSettings,
): Promise<void> {
  await takingTurns(source, wait, async (runner) => {
    await createSchema(runner, schema);
    await migrate(runner, schema, migrations);
  });
}

/**
 * Undoes the migration that ran last.
 * @param name the one that somebody agreed to
 * @throws Error if another one ran last, or who else is migrating for too long
 */
export async function revertMigration(
  source: DataSource,
  name: string,
  { schema, migrations, wait }: MigrationSettings,
): Promise<void> {
  await takingTurns(source, wait, async (runner) => {
    const last = (await executedMigrations(runner as unknown as DataSource, schema)).at(-1);
    if (last !== name) throw new Error(`The migration ${name} is not the last one any more: ${last} is.`);
    const migration = migrations.map((each) => new each()).find((each) => migrationName(each) === name)!;
    await migration.down(runner);
    await runner.query(`DELETE FROM ${pathOf(schema, TABLE)} WHERE name = $1`, [name]);
  });
}

/**
 * Everything happens in one transaction: a process that dies leaves nothing half done, and a pooler keeps one connection
 * for it.
 */
async function takingTurns(
  source: DataSource,
  wait: MigrationWait,
  work: (runner: QueryRunner) => Promise<void>,
): Promise<void> {
  const runner = source.createQueryRunner();
  try {
    await beginWithLock(runner, wait);
    await watched(source, runner, wait, async () => {
      await work(runner);
      await runner.commitTransaction();
    });
  } catch (error) {
    if (runner.isTransactionActive) await runner.rollbackTransaction().catch(() => undefined);
    throw error;
  } finally {
    await runner.release();
  }
}

/** The names of the migrations that have run, the last one at the end; none if there is no table of them. */
export async function executedMigrations(
  source: Pick<DataSource, 'query'>,
  schema: string | undefined,
  table = TABLE,
): Promise<string[]> {
  // Without a schema, the tables are created in the first one of the search path: the others may belong to others.
  const [place] = await source.query<[{ schema: string }]>(
    `SELECT nspname::text AS schema FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
       WHERE relname = $1 AND nspname = COALESCE($2, current_schema())`,
    [table, schema],
  );
  if (!place) return [];
  const rows = await source.query<{ name: string }[]>(
    `SELECT name FROM ${pathOf(place.schema, table)} ORDER BY id`,
  );
  return rows.map(({ name }) => name);
}

/** The names of the migrations of a data source that have not run. Unlike TypeORM's `showMigrations`, creates no table. */
export async function pendingMigrations(source: DataSource): Promise<string[]> {
  const { schema, migrationsTableName } = source.options as { schema?: string; migrationsTableName?: string };
  const done = new Set(await executedMigrations(source, schema, migrationsTableName));
  return source.migrations.map(migrationName).filter((name) => !done.has(name));
}

/** The name by which TypeORM knows a migration. */
export function migrationName(migration: { name?: string }): string {
  return migration.name ?? migration.constructor.name;
}

/** `IF NOT EXISTS` alone would require the right to create a schema even where it exists. */
async function createSchema(runner: QueryRunner, schema: string | undefined): Promise<void> {
  if (schema === undefined) return;
  const found = await runner.query('SELECT FROM pg_namespace WHERE nspname = $1', [schema]);
  if (found.length === 0) await runner.query(`CREATE SCHEMA ${quoteName(schema)}`);
}

async function migrate(
  runner: QueryRunner,
  schema: string | undefined,
  migrations: readonly MigrationClass[],
): Promise<void> {
  const done = new Set(await executedMigrations(runner as unknown as DataSource, schema));
  const pending = migrations.map((each) => new each()).filter((each) => !done.has(migrationName(each)));
  if (pending.length === 0) return;
  const table = pathOf(schema, TABLE);
  await runner.query(
    `CREATE TABLE IF NOT EXISTS ${table} (id SERIAL PRIMARY KEY, "timestamp" bigint NOT NULL, name varchar NOT NULL)`,
  );
  for (const migration of pending) {
    await migration.up(runner);
    const name = migrationName(migration);
    await runner.query(`INSERT INTO ${table} ("timestamp", name) VALUES ($1, $2)`, [name.slice(-13), name]);
  }
}

function pathOf(schema: string | undefined, tableName: string): string {
  return quotePath({ schema, tableName });
}
