import { randomBytes } from 'node:crypto';
import { Client, Pool, type QueryResult } from 'pg';
import { until } from './until.js';

/** How long a connection may take to go, in milliseconds; those that stay are cut. */
const GOODBYE_MS = 1_000;

export interface TestDatabase {
  /** `postgres://user:password@host:port/name` */
  url: string;
  /** Removes the database, and cuts the connections that are still open to it. */
  drop(): Promise<void>;
}

/** A fresh, empty database on the server of this test run. */
export const createDatabase = () => createFrom('template1');

/** One that already has the schema if the server belongs to this run: that takes half the time. */
export const createMigratedDatabase = () => createFrom(process.env.TEST_DATABASE_TEMPLATE ?? 'template1');

async function createFrom(template: string): Promise<TestDatabase> {
  const name = `test_${randomBytes(8).toString('hex')}`;
  // By default a copy goes through the buffers and takes several times as long; before version 15 there is no choice.
  const strategy = process.env.TEST_DATABASE_TEMPLATE ? 'STRATEGY FILE_COPY' : '';
  await onServer(`CREATE DATABASE ${name} TEMPLATE ${template} ${strategy}`);
  const url = new URL(serverUrl());
  url.pathname = name;
  return { url: url.href, drop: () => drop(name) };
}

/**
 * `Pool.end()` resolves before PostgreSQL has seen the last connection go, and a connection that is cut in that moment
 * emits an error that belongs to no test.
 */
async function drop(name: string): Promise<void> {
  const goodbye = performance.now() + GOODBYE_MS;
  await until(async () => performance.now() > goodbye || !(await isConnected(name)));
  await onServer(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
}

async function isConnected(name: string): Promise<boolean> {
  const { rowCount } = await onServer(`SELECT FROM pg_stat_activity WHERE datname = '${name}'`);
  return rowCount !== 0;
}

/** One statement on a new connection, for tests that have no other. */
export async function queryOnce(url: string, statement: string, values: string[]): Promise<void> {
  const connection = new Client({ connectionString: url });
  await connection.connect();
  await connection.query(statement, values).finally(() => connection.end());
}

/** One connection for all files of a worker: connecting takes longer than copying. */
let administration: Pool | undefined;

async function onServer(statement: string): Promise<QueryResult> {
  administration ??= connect();
  return administration.query(statement);
}

function connect(): Pool {
  const pool = new Pool({
    connectionString: serverUrl(),
    max: 1,
    idleTimeoutMillis: 0,
    allowExitOnIdle: true,
  });
  // With `--runInBand`, it sees the server stop at the end of the run.
  return pool.on('error', () => undefined);
}

function serverUrl(): string {
  const url = process.env.TEST_DATABASE_URL;
  if (url) return url;
  throw new Error(
    'There is no PostgreSQL for the tests: run them with "npm test", whose global setup starts one.',
  );
}
