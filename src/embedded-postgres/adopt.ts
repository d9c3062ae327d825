import type { Cluster } from './cluster.js';
import { connect, type Connection } from './connection.js';
import { poll, PATIENCE_MS } from './poll.js';
import { disown, readPostmasterPid, type PostmasterPid } from './postmaster-pid.js';
import { isRunning, mayServe } from './process.js';
import { tail } from './server-log.js';

/**
 * Connects to the server that already serves this cluster: one started by another service, or one that outlived its
 * service. Returns `undefined` when there is none. Rejects when a process holds the cluster but does not answer within
 * `patience` milliseconds.
 */
export async function adopt(cluster: Cluster, patience = PATIENCE_MS): Promise<Connection | undefined> {
  const found = await poll(async () => {
    const holder = await holderOf(cluster.folder);
    if (!holder) return 'nobody';
    return holder.port ? connect(cluster, holder.port) : undefined;
  }, patience);
  if (found === 'nobody') return undefined;
  if (found) return found;
  throw await unresponsive(cluster, await readPostmasterPid(cluster.folder));
}

async function holderOf(folder: string): Promise<PostmasterPid | undefined> {
  const written = await readPostmasterPid(folder);
  if (!written) return undefined;
  if (await mayServe(written.pid, folder)) return written;
  if (isRunning(written.pid)) await disown(written);
  return undefined;
}

async function unresponsive(cluster: Cluster, holder?: PostmasterPid): Promise<Error> {
  return new Error(
    `Process ${holder?.pid} holds the database in ${cluster.folder} (${holder?.file}) but does not answer. ` +
      `If it is a PostgreSQL server, stop it (kill ${holder?.pid}); if it is something else, remove that file. ` +
      `Then start again.\n${await tail(cluster.logFile)}`,
  );
}
