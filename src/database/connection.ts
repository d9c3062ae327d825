import { Client, Pool } from 'pg';
import { DataSource } from 'typeorm';
import { DatabaseClient, type DatabaseClientOptions } from './database-client.js';
import type { PoolerMode } from './pooling.js';
import { readServerUrl } from './server-url.js';
import { Servers } from './servers.js';

/** The options of a TypeORM data source for PostgreSQL, without entities and migrations. */
type PostgresOptions = Extract<DataSource['options'], { type: 'postgres' }>;

/** Where the tables are, and what is in front of them. */
export interface Place {
  /** `postgres://…`, with several hosts if there are, and with the parameters that `pg` knows, such as `sslmode`. */
  url: string;
  /** The schema of the tables. Default: the first one on the search path. */
  schema?: string | undefined;
  /** `undefined`: the URL leads to PostgreSQL itself. */
  pooler?: PoolerMode | undefined;
}

export interface ConnectionSettings extends Place {
  poolSize: number;
}

/** Waiting for a connection and then for a statement takes less than two seconds in total. */
const CONNECT_TIMEOUT_MS = 800;
const STATEMENT_TIMEOUT_MS = 900;
/** For a connection that nobody waits for in a request. */
const PATIENT_CONNECT_MS = 5_000;
/** One connection to work with, and one to recognize a pooler. */
const PATIENT_POOL_SIZE = 2;
/** For a server that does not even report the statement timeout. */
const QUERY_TIMEOUT_MS = 1_050;

/** For a statement that takes milliseconds, before the start of a process goes on. */
const PROMPT_QUERY_MS = 10_000;

/** A connection for requests: if the database hangs, a request fails within two seconds. */
export function requestConnection(settings: ConnectionSettings): PostgresOptions {
  return connection(settings, {
    application_name: 'latchkey',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: QUERY_TIMEOUT_MS,
    keepAlive: true,
    ...statementLimit(settings.pooler),
  });
}

/**
 * Opens a connection for statements that may take as long as they need, and closes it after the work. Only connecting has
 * a limit.
 */
export async function withPatientConnection<Result>(
  place: Place,
  work: (source: DataSource) => Promise<Result>,
): Promise<Result> {
  return withConnection(place, {}, work);
}

/** Does so for statements that take milliseconds: a server that stops answering is noticed within ten seconds. */
export async function withPromptConnection<Result>(
  place: Place,
  work: (source: DataSource) => Promise<Result>,
): Promise<Result> {
  return withConnection(place, { query_timeout: PROMPT_QUERY_MS }, work);
}

async function withConnection<Result>(
  place: Place,
  limits: DatabaseClientOptions,
  work: (source: DataSource) => Promise<Result>,
): Promise<Result> {
  const options = connection(
    { ...place, poolSize: PATIENT_POOL_SIZE },
    {
      application_name: 'latchkey-migrate',
      connectionTimeoutMillis: PATIENT_CONNECT_MS,
      keepAlive: true,
      ...limits,
    },
  );
  const source = await new DataSource(options).initialize();
  try {
    return await work(source);
  } finally {
    await source.destroy();
  }
}

/** A pooler refuses most parameters at the start of a connection, and in transaction mode forgets later ones. */
function statementLimit(pooler: PoolerMode | undefined): DatabaseClientOptions {
  if (pooler === undefined) return { statement_timeout: STATEMENT_TIMEOUT_MS };
  return pooler === 'session' ? { sessionSettings: `SET statement_timeout = ${STATEMENT_TIMEOUT_MS}` } : {};
}

function connection(
  { url, schema, poolSize }: ConnectionSettings,
  limits: DatabaseClientOptions,
): PostgresOptions {
  const { url: firstServer, servers, writable } = readServerUrl(url);
  return {
    type: 'postgres',
    // TypeORM would look for the package at run time, which fails in a bundle.
    driver: { Client, Pool },
    ...(schema !== undefined && { schema }),
    poolSize,
    synchronize: false,
    logging: false,
    extra: { ...limits, Client: clientOf(firstServer), servers: new Servers(servers, writable) },
  };
}

/**
 * The class whose instances connect to the URL. The URL stays in here, because the options of a data source are
 * printed with it.
 */
function clientOf(url: string): typeof DatabaseClient {
  return class extends DatabaseClient {
    constructor(options: DatabaseClientOptions) {
      super({ ...options, connectionString: url });
    }
  };
}
