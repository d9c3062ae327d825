import { existsSync } from 'node:fs';
import { chown, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { clusterIn, type Place } from './place.js';
import { PATIENCE_MS } from './poll.js';
import { run } from './run.js';

/** A cluster (created by `initdb`, served by one server) and what is needed to serve it. */
export interface Cluster extends Place {
  folder: string;
  logFile: string;
  password: string;
  passwordFile: string;
}

/** The owner of the cluster and of the databases in it. */
export const DATABASE_USER = 'latchkey';
const STAGING = 'postgres-new-';

export function clusterAt(place: Place, password: string, passwordFile: string): Cluster {
  const logFile = join(place.home, 'postgres.log');
  return { ...place, folder: clusterIn(place.home), logFile, password, passwordFile };
}

/** Creates the cluster unless it exists. It appears under its name complete or not at all. */
export async function createCluster(cluster: Cluster, log: (line: string) => void): Promise<void> {
  await removeLeftovers(cluster.home);
  if (existsSync(cluster.folder)) return mustBeCluster(cluster.folder);
  log(`Creating the embedded PostgreSQL in ${cluster.folder}.`);
  const staging = await mkdtemp(join(cluster.home, STAGING));
  const passwordFile = join(staging, 'password');
  await writeFile(passwordFile, cluster.password, { mode: 0o600 });
  if (cluster.user) {
    await chown(passwordFile, cluster.user.uid, cluster.user.gid);
    await chown(staging, cluster.user.uid, cluster.user.gid);
  }
  await initialize(cluster, join(staging, 'cluster'), passwordFile);
  await rename(join(staging, 'cluster'), cluster.folder);
  await rm(staging, { recursive: true, force: true });
}

async function initialize(cluster: Cluster, folder: string, passwordFile: string): Promise<void> {
  const args = [
    `--pgdata=${folder}`,
    `--username=${DATABASE_USER}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    // The only locale that every system has, so that text sorts the same everywhere.
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
  ];
  const { ok, output } = await run(cluster.binaries.initdb, args, { user: cluster.user, limit: PATIENCE_MS });
  if (ok) return;
  throw new Error(
    `The embedded PostgreSQL could not be created in ${cluster.folder}: see below. ` +
      `Set DATA_DIR to another folder, or set DATABASE_URL to use another PostgreSQL server.\n${output}`,
  );
}

function mustBeCluster(folder: string): void {
  if (existsSync(join(folder, 'PG_VERSION'))) return;
  throw new Error(
    `${folder} is not a PostgreSQL cluster, or this user cannot read it. Move it away to start with an empty ` +
      'database, start as the user who created it, or set DATA_DIR to another folder.',
  );
}

/** Removes what an earlier, interrupted start left behind. Nobody else can be using it, because we hold the lock. */
async function removeLeftovers(home: string): Promise<void> {
  const leftovers = (await readdir(home)).filter((name) => name.startsWith(STAGING));
  await Promise.all(
    leftovers.map((name) => rm(join(home, name), { recursive: true, force: true, maxRetries: 5 })),
  );
}
