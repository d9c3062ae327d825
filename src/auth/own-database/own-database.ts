import { Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { bringUpToDate } from '../../database/bring-up-to-date.js';
import { type Place, requestConnection, withPromptConnection } from '../../database/connection.js';
import { PATIENTLY } from '../../database/migration-lock.js';
import { assertPooler, OPTIONS } from '../../database/pooler-errors.js';
import { type Pooling, setPooling } from '../../database/pooling.js';
import { AuthOptionsError } from '../../options/options-error.js';
import type { OwnDatabase } from '../../options/database.options.js';
import { databaseProblem } from './database-problem.js';
import { authEntities, authMigrations, type UsedTables } from '../schema.js';

/** Requests allow a connection less than a second, which is not always enough while a machine starts. */
const ATTEMPTS = 5;

const logger = new Logger('AuthModule');

/** A database of this module's own: see `DatabaseOptions`. */
type Opened = Omit<OwnDatabase, 'schema'> & { schema?: string | undefined };

/**
 * Opens the module's own connections, after it has brought the schema up to date.
 * @throws AuthOptionsError that says what to change; it never contains the URL
 */
export async function openOwnDatabase(
  given: OwnDatabase,
  pooling: Pooling | undefined,
  used: UsedTables,
): Promise<DataSource> {
  try {
    return await openDatabase(given, pooling, used);
  } catch (error) {
    throw new AuthOptionsError([databaseProblem(error, given.schema)]);
  }
}

/** Does so, and throws the error of the driver. */
export async function openDatabase(
  given: Opened,
  pooling: Pooling | undefined,
  used: UsedTables,
): Promise<DataSource> {
  const { schema, poolSize } = given;
  const place = { url: given.url(), schema, pooler: pooling?.mode };
  await prepare(place, given, used);
  const source = await initialize(() => {
    const lists = { entities: authEntities(used), migrations: authMigrations(used) };
    return new DataSource({ ...requestConnection({ ...place, poolSize }), ...lists });
  });
  if (pooling) setPooling(source, pooling);
  return source;
}

async function prepare(place: Place, { migrate, schema }: Opened, used: UsedTables): Promise<void> {
  const needed = {
    migrations: authMigrations(used),
    check: async (source: DataSource) => {
      await assertPooler(source, place.pooler, OPTIONS);
      await warnOfSharedSchema(source, schema);
    },
  };
  // What is missing is reported by the check of the schema.
  if (!migrate) return withPromptConnection(place, needed.check);
  const wait = { ...PATIENTLY, report: (line: string) => logger.log(line) };
  return bringUpToDate(place, { ...needed, wait });
}

/** PostgreSQL creates a table without a schema in the schema with the name of the user, as soon as there is one. */
async function warnOfSharedSchema(source: DataSource, schema: string | undefined): Promise<void> {
  const [{ name, path }] = await source.query<[{ name: string; path: string }]>(
    `SELECT current_user::text AS name, current_setting('search_path') AS path`,
  );
  if (name !== schema || !/(?:^|,)\s*"?\$user"?\s*(?:,|$)/.test(path)) return;
  logger.warn(
    'database.schema has the name of the database user, so PostgreSQL would also create the tables of your app in it: ' +
      'choose another name, or take "$user" off the search path with ALTER ROLE … SET search_path = public',
  );
}

async function initialize(create: () => DataSource): Promise<DataSource> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await create().initialize();
    } catch (error) {
      if (attempt === ATTEMPTS || !/timeout/.test((error as Error).message)) throw error;
    }
  }
}
