import type { Configuration } from './configuration.js';
import { startEmbeddedPostgres } from '../embedded-postgres/embedded-postgres.js';

/** Where progress is reported: a Pino logger, for example. */
export interface ProgressLog {
  info(line: string): void;
}

export interface OpenDatabase {
  url: string;
  /** Stops the embedded server, unless others use it; leaves any other alone. */
  stop(): Promise<void>;
}

/** The database of `DATABASE_URL`, else the embedded one: started, or found running. */
export async function openDatabase(
  { databaseUrl, dataDir }: Configuration,
  logger: ProgressLog,
): Promise<OpenDatabase> {
  if (databaseUrl) return { url: databaseUrl, stop: async () => undefined };
  return startEmbeddedPostgres({ dataDir, log: (line) => logger.info(line) });
}
