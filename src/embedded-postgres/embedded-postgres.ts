import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { adopt } from './adopt.js';
import { clusterAt, createCluster, DATABASE_USER, type Cluster } from './cluster.js';
import type { Connection } from './connection.js';
import { makePrivateDir } from './data-dir.js';
import { backendPid, createDatabaseIfMissing } from './database.js';
import { hold } from './held-servers.js';
import { loadPassword } from './password.js';
import { choosePlace } from './place.js';
import { startServer, type ServerSettings } from './server.js';
import { withLock } from './start-lock.js';
import { stopUnlessInUse } from './stop.js';

export interface EmbeddedPostgresOptions {
  /** Absolute path of the folder for the cluster, its password and its log. */
  dataDir: string;
  /** Called with one sentence about each action and its location. */
  log: (line: string) => void;
  /** PostgreSQL settings for a newly started server; a running server keeps its own. */
  settings?: ServerSettings;
}

export interface EmbeddedPostgres {
  /** `postgres://user:password@127.0.0.1:port/latchkey` */
  url: string;
  /** Where the cluster actually is. */
  folder: string;
  /** Stops the server unless others are connected: the last one to leave stops it. Close your own connections first. */
  stop(): Promise<void>;
}

const DATABASE = 'latchkey';
const PASSWORD_FILE = 'postgres-password';

/**
 * Makes sure that a PostgreSQL server serves the cluster in `dataDir`, with a database `latchkey`: creates the cluster,
 * starts the server, or takes over a running one. On failure, rejects within a bounded time with a message that says
 * what to do. The server outlives a killed process; the next call finds it.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { dataDir, log, settings = {} } = options;
  await makePrivateDir(dataDir);
  return withLock(dataDir, async () => {
    const cluster = await openCluster(dataDir, log);
    const holding = hold(cluster);
    try {
      const client = await reachServer(cluster, settings, log);
      holding.started(await backendPid(client));
      await createDatabaseIfMissing(client, DATABASE);
      const stop = once(() =>
        withLock(dataDir, () => stopUnlessInUse(cluster, client, log)).then(holding.forget),
      );
      return { url: urlOf(cluster.password, client.port), folder: cluster.folder, stop };
    } catch (error) {
      holding.forget();
      throw error;
    }
  });
}

/** The server of the cluster in `dataDir` if one is running. Starts, creates and stops nothing. */
export async function findEmbeddedPostgres(
  dataDir: string,
): Promise<Pick<EmbeddedPostgres, 'url' | 'stop'> | undefined> {
  const passwordFile = join(dataDir, PASSWORD_FILE);
  if (!existsSync(passwordFile)) return undefined;
  const password = await loadPassword(passwordFile);
  const place = await choosePlace(dataDir, password, () => undefined);
  const client = await adopt(clusterAt(place, password, passwordFile));
  if (!client) return undefined;
  return { url: urlOf(password, client.port), stop: () => client.end() };
}

function urlOf(password: string, port: number): string {
  return `postgres://${DATABASE_USER}:${password}@127.0.0.1:${port}/${DATABASE}`;
}

async function openCluster(dataDir: string, log: (line: string) => void): Promise<Cluster> {
  const passwordFile = join(dataDir, PASSWORD_FILE);
  const password = await loadPassword(passwordFile);
  const cluster = clusterAt(await choosePlace(dataDir, password, log), password, passwordFile);
  await createCluster(cluster, log);
  return cluster;
}

/** The connection stays open, so that others can see that the server is in use. */
async function reachServer(
  cluster: Cluster,
  settings: ServerSettings,
  log: (line: string) => void,
): Promise<Connection> {
  const running = await adopt(cluster);
  if (running) log(`Using the embedded PostgreSQL that is already running on 127.0.0.1:${running.port}.`);
  if (running) return running;
  const started = await startServer(cluster, settings);
  log(`Started the embedded PostgreSQL on 127.0.0.1:${started.port}; its log is ${cluster.logFile}.`);
  return started;
}

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined;
  return () => (result ??= work());
}
