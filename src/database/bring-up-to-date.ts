import type { DataSource } from 'typeorm';
import { type Place, withPatientConnection, withPromptConnection } from './connection.js';
import type { MigrationWait } from './migration-lock.js';
import { quotePath } from './quote-name.js';
import { executedMigrations, type MigrationClass, migrationName, runMigrations } from './run-migrations.js';

/** SQLSTATE lock_not_available. */
const LOCKED = '55P03';
const LOCK_TIMEOUT = `SET LOCAL lock_timeout = '2s'`;

/** Which migrations a schema needs, and what else to look at before anything is changed. */
export interface NeededMigrations {
  migrations: readonly MigrationClass[];
  /** Rejects if the database cannot be used. */
  check?(source: DataSource): Promise<void>;
}

/**
 * Brings a schema up to date, see {@link runMigrations}. If nothing is pending, takes no lock and waits for nobody; a
 * server that does not answer is noticed within ten seconds.
 */
export async function bringUpToDate(
  place: Place,
  { migrations, check, wait }: NeededMigrations & { wait: MigrationWait },
): Promise<void> {
  const pending = await withPromptConnection(place, async (source) => {
    await check?.(source);
    return (await compare(source, place.schema, migrations)).pending;
  });
  if (pending.length === 0) return;
  await withPatientConnection(place, (source) =>
    runMigrations(source, { schema: place.schema, migrations, wait }),
  );
}

/**
 * The names of the migrations that a schema lacks; changes nothing. None if it has none of ours but the tables, because
 * then somebody else creates them, such as TypeORM with another table of migrations.
 */
export async function findPending(place: Place, { migrations, check }: NeededMigrations): Promise<string[]> {
  return withPromptConnection(place, async (source) => {
    await check?.(source);
    const { pending, done } = await compare(source, place.schema, migrations);
    return done === 0 && (await hasSessions(source, place.schema)) ? [] : pending;
  });
}

/** All are pending while somebody keeps the table of migrations locked. */
async function compare(
  source: DataSource,
  schema: string | undefined,
  migrations: readonly MigrationClass[],
): Promise<{ pending: string[]; done: number }> {
  const names = migrations.map((each) => migrationName(new each()));
  const executed: string[] = await source
    .transaction(async (manager) => {
      await manager.query(LOCK_TIMEOUT);
      return executedMigrations(manager, schema);
    })
    .catch((error: { code?: string }): string[] => {
      if (error.code === LOCKED) return [];
      throw error;
    });
  const pending = names.filter((name) => !executed.includes(name));
  return { pending, done: names.length - pending.length };
}

async function hasSessions(source: DataSource, schema: string | undefined): Promise<boolean> {
  const path = quotePath({ schema, tableName: 'refresh_tokens' });
  const [{ there }] = await source.query<[{ there: string }]>(
    `SELECT (to_regclass($1) IS NOT NULL)::text AS there`,
    [path],
  );
  return there === 'true';
}
