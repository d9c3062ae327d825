import { DataSource, type DataSourceOptions } from 'typeorm';
import { authEntities, authMigrations } from '../index.js';

/** Any number will do, as long as every instance asks for the same one. */
const MIGRATION_LOCK = 7_246_351;

const CONNECT_TIMEOUT_MS = 1_500;
const QUERY_TIMEOUT_MS = 1_800;

/** Connections of the running service: whatever the database does, a request has its answer within two seconds. */
export function serviceDatabase(url: string): DataSourceOptions {
  return {
    ...baseOptions(url),
    poolSize: 20,
    extra: {
      application_name: 'latchkey',
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      query_timeout: QUERY_TIMEOUT_MS,
      statement_timeout: QUERY_TIMEOUT_MS,
      keepAlive: true,
    },
  };
}

/**
 * Brings the schema up to date. Instances that start at once take turns (an advisory lock of PostgreSQL), so each
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
