import { DataSource, type DataSourceOptions } from 'typeorm';
import { authEntities, authMigrations } from '../index.js';
import { ImpatientClient } from './impatient-client.js';

/** The number is arbitrary, but must be the same in every instance. */
const MIGRATION_LOCK = 7_246_351;

/** Waiting for a connection and then for a statement takes less than two seconds in total. */
const CONNECT_TIMEOUT_MS = 800;
const STATEMENT_TIMEOUT_MS = 900;
/** For a server that does not even report the statement timeout. */
const QUERY_TIMEOUT_MS = 1_050;

/** The connection options of the running service. If the database hangs, a request fails within two seconds. */
export function serviceDatabase(url: string, poolSize = 20): DataSourceOptions {
  return {
    ...baseOptions(url),
    poolSize,
    extra: {
      Client: ImpatientClient,
      application_name: 'latchkey',
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      query_timeout: QUERY_TIMEOUT_MS,
      statement_timeout: STATEMENT_TIMEOUT_MS,
      keepAlive: true,
    },
  };
}

/**
 * Brings the schema up to date. Instances that start at the same time take turns (a PostgreSQL advisory lock), so each
 * migration runs once.
 */
export async function migrate(url: string): Promise<void> {
  const source = new DataSource({ ...baseOptions(url), extra: { application_name: 'latchkey-migrate' } });
  await source.initialize();
  const runner = source.createQueryRunner();
  try {
    await runner.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await source.runMigrations({ transaction: 'each' });
  } finally {
    await runner.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]).catch(() => undefined);
    await runner.release();
    await source.destroy();
  }
}

function baseOptions(url: string) {
  return {
    type: 'postgres' as const,
    url,
    entities: [...authEntities],
    migrations: [...authMigrations],
    synchronize: false,
    logging: false,
  };
}
