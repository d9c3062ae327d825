import { DatabaseError, type Client } from 'pg';

/** What the connections are called that show that a process uses the server. */
export const APPLICATION_NAME = 'latchkey';
const DUPLICATE_DATABASE = '42P04';

export async function createDatabaseIfMissing(client: Client, name: string): Promise<void> {
  const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [name]);
  if (rowCount) return;
  await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`).catch((error: unknown) => {
    if (!(error instanceof DatabaseError && error.code === DUPLICATE_DATABASE)) throw error;
  });
}

/** Whether any other client is connected to the server. */
export async function hasOtherClients(client: Client): Promise<boolean> {
  const { rowCount } = await client.query(
    `SELECT FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()`,
  );
  return rowCount !== 0;
}

/** Whether another process uses the server through this package: each of them keeps one such connection open. */
export async function hasOtherHolders(client: Client, ownPid = 0): Promise<boolean> {
  const { rowCount } = await client.query(
    `SELECT FROM pg_stat_activity WHERE backend_type = 'client backend' AND application_name = $1
       AND datname = 'postgres' AND pid NOT IN (pg_backend_pid(), $2)`,
    [APPLICATION_NAME, ownPid],
  );
  return rowCount !== 0;
}

/** The server process that serves this connection. */
export async function backendPid(client: Client): Promise<number> {
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  return rows[0]!.pid;
}
