import { realpath } from 'node:fs/promises';

import { Client, DatabaseError } from 'pg';

import { DATABASE_USER, type Cluster } from './cluster.js';
import { APPLICATION_NAME } from './database.js';
import { PATIENCE_MS } from './poll.js';

/** After `unref`, the idle connection does not keep this process running. */
export type Connection = Client & { ref(): void; unref(): void };

/** SQLSTATE "cannot connect now": starting up, shutting down or in recovery. */
const NOT_YET = '57P03';

/**
 * Connects to the server on this port of the local machine and makes sure that it serves this cluster. Returns
 * `undefined` while nothing answers on that port; rejects when another server does.
 */
export async function connect(cluster: Cluster, port: number): Promise<Connection | undefined> {
  const client = new Client({
    host: '127.0.0.1',
    port,
    user: DATABASE_USER,
    password: cluster.password,
    database: 'postgres',
    ssl: false,
    application_name: APPLICATION_NAME,
    connectionTimeoutMillis: 2_000,
    query_timeout: PATIENCE_MS,
  }) as Connection;
  // Without a listener, a server that stops would end this process too.
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (error) {
    if (error instanceof DatabaseError && error.code !== NOT_YET) throw refused(cluster, port, error);
    return undefined;
  }
  if (await serves(client, cluster.folder)) {
    client.unref();
    return client;
  }
  await client.end();
  throw refused(cluster, port);
}

async function serves(client: Client, folder: string): Promise<boolean> {
  const { rows } = await client.query<{ data_directory: string }>('SHOW data_directory');
  const served = rows[0]?.data_directory ?? '';
  return (await realpath(served).catch(() => served)) === (await realpath(folder));
}

function refused(cluster: Cluster, port: number, cause?: DatabaseError): Error {
  return new Error(
    `The PostgreSQL server at 127.0.0.1:${port}, named in ${cluster.folder}/postmaster.pid, ` +
      (cause
        ? `does not accept the password in ${cluster.passwordFile} (${cause.message}). `
        : 'serves another folder. ') +
      `Stop it and restore that password, or remove ${cluster.folder} to start with an empty database.`,
    { cause },
  );
}
