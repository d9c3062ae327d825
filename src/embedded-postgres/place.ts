import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { findBinaries, tryBinaries, type Binaries } from './binaries.js';
import { copyBinaries } from './binaries-copy.js';
import { canEnter, letPass, makePrivateDir, makePublicDir } from './data-dir.js';
import type { SystemUser } from './run.js';
import { serverUser } from './system-user.js';

/** Where a cluster lives, and which programs serve it as whom. */
export interface Place {
  /** The folder of the cluster and of the server's log. */
  home: string;
  binaries: Binaries;
  user?: SystemUser;
}

/** Where things go that the server's user cannot reach where they belong, as in a checkout under root's home. */
const FALLBACK = '/var/lib/latchkey';

/** Settles on a place that the user who will run the server can really use, and says so when it is not the usual one. */
export async function choosePlace(
  dataDir: string,
  password: string,
  log: (line: string) => void,
): Promise<Place> {
  const binaries = await findBinaries();
  const user = await serverUser(clusterIn(dataDir));
  if (!user) {
    await mustRun(binaries);
    return { home: dataDir, binaries };
  }
  const home = await chooseHome(dataDir, password, user);
  if (home !== dataDir) {
    log(`The system user of PostgreSQL cannot enter ${dataDir}, so the database is kept in ${home}.`);
  }
  return { home, binaries: await reachableBinaries(binaries, user, log), user };
}

export function clusterIn(home: string): string {
  return join(home, 'postgres');
}

/** Named by the password as well: who removes the data folder to start afresh gets an empty database. */
export function fallbackHome(dataDir: string, password: string): string {
  const name = createHash('sha256').update(`${dataDir}\n${password}`).digest('hex').slice(0, 12);
  return join(FALLBACK, name);
}

async function chooseHome(dataDir: string, password: string, user: SystemUser): Promise<string> {
  const fallback = fallbackHome(dataDir, password);
  await letPass(dataDir, user);
  const moved = existsSync(clusterIn(fallback)) && !existsSync(clusterIn(dataDir));
  if (!moved && (await canEnter(dataDir, user))) return dataDir;
  await makePublicDir(FALLBACK);
  await makePrivateDir(fallback);
  await letPass(fallback, user);
  return fallback;
}

async function reachableBinaries(
  binaries: Binaries,
  user: SystemUser,
  log: (line: string) => void,
): Promise<Binaries> {
  if ((await tryBinaries(binaries, user)).ok) return binaries;
  // Not worth a copy when they do not run at all, whoever runs them.
  await mustRun(binaries);
  const copy = await copyBinaries(binaries, FALLBACK);
  await mustRun(copy, user);
  log(
    `The system user of PostgreSQL cannot run ${binaries.postgres}, so a copy of it is kept in ${copy.folder}.`,
  );
  return copy;
}

async function mustRun(binaries: Binaries, user?: SystemUser): Promise<void> {
  const { ok, output } = await tryBinaries(binaries, user);
  if (ok) return;
  throw new Error(
    `The embedded PostgreSQL in ${binaries.folder} does not run on this system (${output}). On Linux it needs glibc; ` +
      'Alpine and others with musl do not have it. Set DATABASE_URL to a PostgreSQL server.',
  );
}
