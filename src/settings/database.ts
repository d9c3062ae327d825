import type { DataSourceOptions } from 'typeorm';
import { bringUpToDate, findPending, type NeededMigrations } from '../database/bring-up-to-date.js';
import {
  type ConnectionSettings,
  type Place,
  requestConnection,
  withPatientConnection,
} from '../database/connection.js';
import { type MigrationWait, PATIENTLY } from '../database/migration-lock.js';
import { assertPooler } from '../database/pooler-errors.js';
import { executedMigrations, type MigrationClass, revertMigration } from '../database/run-migrations.js';
import { authEntities, authMigrations, type UsedTables } from '../index.js';

/** The connection options of the running service. If the database hangs, a request fails within two seconds. */
export function serviceDatabase(
  url: string,
  { poolSize = 20, ...place }: Partial<Omit<ConnectionSettings, 'url'>> = {},
): DataSourceOptions {
  return {
    ...requestConnection({ ...place, url, poolSize }),
    entities: [...authEntities],
    migrations: [...authMigrations],
  };
}

/** What to bring up to date, and what to say meanwhile. */
export interface MigrationOptions extends Omit<Place, 'url'>, UsedTables, Partial<MigrationWait> {}

/**
 * Brings the schema up to date, and creates it if it does not exist. Instances that start at the same time take turns.
 * @throws Error that says what to set, if a pooler is in the way, or who else is migrating for too long
 */
export async function migrate(
  url: string,
  { schema, pooler, users, ...wait }: MigrationOptions = {},
): Promise<void> {
  const place = { url, schema, pooler };
  await bringUpToDate(place, { ...needed({ pooler, users }), wait: { ...PATIENTLY, ...wait } });
}

/** The schema lacks migrations that whoever asks may not run. */
export class PendingMigrationsError extends Error {
  /**
   * @param who what cannot go on without them, for the message
   * @param cure what to do
   */
  constructor(
    readonly pending: readonly string[],
    who: string,
    cure = 'Run "npx latchkey migrate" with the same DATABASE_URL and DATABASE_SCHEMA',
  ) {
    super(
      `${who}: ${pending.length === 1 ? 'a migration is' : 'migrations are'} pending (${pending.join(', ')}). ${cure}`,
    );
    this.name = 'Error';
  }
}

/** The names of the migrations that have not run. Runs none of them, and waits for nobody. */
export function pendingOf(
  url: string,
  { schema, pooler, users }: Omit<MigrationOptions, keyof MigrationWait> = {},
): Promise<string[]> {
  return findPending({ url, schema, pooler }, needed({ pooler, users }));
}

function needed({ pooler, users }: Pick<MigrationOptions, 'pooler' | 'users'>): NeededMigrations {
  return {
    migrations: migrationsFor(users),
    check: (source) => assertPooler(source, pooler),
  };
}

/**
 * Undoes the migration that ran last, if `agree` answers its name with true. Resolves to the name, or to `null` if none
 * has run or nobody agreed.
 * @throws Error if this version does not contain that migration, or what {@link migrate} throws
 */
export async function revert(
  url: string,
  { schema, pooler, users, ...wait }: MigrationOptions,
  agree: (name: string) => Promise<boolean>,
): Promise<string | null> {
  const migrations = migrationsFor(users);
  return withPatientConnection({ url, schema, pooler }, async (source) => {
    await assertPooler(source, pooler);
    const last = (await executedMigrations(source, schema)).at(-1);
    if (last === undefined) return null;
    assertKnown(last, migrations);
    if (!(await agree(last))) return null;
    await revertMigration(source, last, { schema, migrations, wait: { ...PATIENTLY, ...wait } });
    return last;
  });
}

const migrationsFor = (users: UsedTables['users']) => authMigrations(users === undefined ? {} : { users });

function assertKnown(name: string, migrations: readonly MigrationClass[]): void {
  if (migrations.some((each) => new each().name === name)) return;
  throw new Error(
    `The last migration is ${name}, which this version does not contain: undo it with the version, or the app, that ran it.`,
  );
}
