import { adopt } from './adopt.js';
import type { Cluster } from './cluster.js';
import type { Connection } from './connection.js';
import { hasOtherClients } from './database.js';
import { poll } from './poll.js';
import { stopServer } from './server.js';

/** A connection that was closed a moment ago may still be listed. */
const GOODBYE_MS = 300;

/** Stops the server unless others use it. To be called under the lock, lest somebody takes it over in between. */
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
  else log('The embedded PostgreSQL is left running, because others are connected to it.');
}

/** Our connection or, when a crash of the server has cut it, a new one; `undefined` when no server runs any more. */
async function usable(cluster: Cluster, lease: Connection): Promise<Connection | undefined> {
  // This process may have nothing else to wait for any more.
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
