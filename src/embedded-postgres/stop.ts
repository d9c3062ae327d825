import { adopt } from './adopt.js';
import type { Cluster } from './cluster.js';
import type { Connection } from './connection.js';
import { hasOtherClients } from './database.js';
import { poll } from './poll.js';
import { stopServer } from './server.js';

/** Milliseconds for which a connection that was just closed may still be listed. */
const GOODBYE_MS = 300;

/** Stops the server unless others use it. Call it under the lock, so that nobody takes the server over in between. */
export async function stopUnlessInUse(
  cluster: Cluster,
  lease: Connection,
  log: (line: string) => void,
): Promise<void> {
  const client = await usable(cluster, lease);
  if (!client) return;
  const unused = await poll(async () => !(await hasOtherClients(client)) || undefined, GOODBYE_MS);
  await client.end();
  if (unused) await stopServer(cluster);
  else log('The embedded PostgreSQL is left running because others are connected to it.');
}

/** Returns our connection, or a new one if a server crash has cut it; `undefined` when no server is running anymore. */
async function usable(cluster: Cluster, lease: Connection): Promise<Connection | undefined> {
  // This process may have nothing else left that keeps it running.
  lease.ref();
  try {
    await lease.query('SELECT');
    return lease;
  } catch {
    const adopted = await adopt(cluster);
    adopted?.ref();
    return adopted;
  }
}
