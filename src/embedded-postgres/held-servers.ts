import { adopt } from './adopt.js';
import type { Cluster } from './cluster.js';
import { hasOtherHolders } from './database.js';
import { stopServer } from './server.js';

/** How long a start that is under way may still take, and how long a server may take to answer, in milliseconds. */
const START_MS = 5_000;
const ANSWER_MS = 1_000;

interface Held {
  cluster: Cluster;
  /** Settles when the start has ended: until then, its server may be about to appear. */
  started: Promise<unknown>;
  /** The server process of the connection that shows others that this process uses the server. */
  leasePid?: number;
}

/** The servers that this process uses and has not stopped. */
const held = new Set<Held>();

/** Remembers a server from before it starts until `forget` is called. */
export function hold(cluster: Cluster): { started(leasePid: number): void; forget(): void } {
  let resolve = (): void => undefined;
  const started = new Promise<void>((settle) => (resolve = settle));
  const entry: Held = { cluster, started };
  held.add(entry);
  return {
    started: (leasePid) => {
      entry.leasePid = leasePid;
      resolve();
    },
    forget: () => {
      held.delete(entry);
      resolve();
    },
  };
}

/** Whether {@link stopHeldServers} would have anything to do. */
export function holdsServers(): boolean {
  return held.size > 0;
}

/**
 * Stops the servers of this process without waiting for its own connections to close, for a process that is about to
 * exit. Leaves a server running that other processes use. Takes a few seconds at most, and never rejects.
 */
export async function stopHeldServers(): Promise<void> {
  await Promise.allSettled([...held].map(stopNow));
}

async function stopNow(entry: Held): Promise<void> {
  const { cluster, started } = entry;
  await Promise.race([started, new Promise((resolve) => setTimeout(resolve, START_MS))]);
  const client = await adopt(cluster, ANSWER_MS).catch(() => undefined);
  // Known only once the start has ended; without it, our own connection would count as another process.
  const inUse = client && (await hasOtherHolders(client, entry.leasePid).catch(() => false));
  await client?.end().catch(() => undefined);
  if (!inUse) await stopServer(cluster);
}
