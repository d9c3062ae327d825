import type { DatabaseConfiguration } from './configuration.js';
import { findEmbeddedPostgres, startEmbeddedPostgres } from '../embedded-postgres/embedded-postgres.js';

/** Where progress is reported, for example a Pino logger. */
export interface ProgressLog {
  info(line: string): void;
}

export interface OpenDatabase {
  url: string;
  /** Stops the embedded server unless others use it. Does nothing for any other server. */
  stop(): Promise<void>;
}

/** Returns the database of `DATABASE_URL`, or else the embedded one, which is started unless it is already running. */
export async function openDatabase(
  { databaseUrl, dataDir }: Pick<DatabaseConfiguration, 'databaseUrl' | 'dataDir'>,
  logger: ProgressLog,
): Promise<OpenDatabase> {
  if (databaseUrl) return { url: databaseUrl, stop: async () => undefined };
  return startEmbeddedPostgres({ dataDir, log: (line) => logger.info(line) });
}

/** Does so without starting anything: `undefined` if it is the embedded one, which is not running. */
export async function findDatabase({
  databaseUrl,
  dataDir,
}: Pick<DatabaseConfiguration, 'databaseUrl' | 'dataDir'>): Promise<OpenDatabase | undefined> {
  if (databaseUrl) return { url: databaseUrl, stop: async () => undefined };
  return findEmbeddedPostgres(dataDir);
}
