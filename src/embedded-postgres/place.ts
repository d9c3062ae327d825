import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { findBinaries, tryBinaries, type Binaries } from './binaries.js';
import { copyBinaries } from './binaries-copy.js';
import { canEnter, letPass, makePrivateDir, makePublicDir } from './data-dir.js';
import type { SystemUser } from './run.js';
import { serverUser } from './system-user.js';

/** Where a cluster is stored, which programs serve it, and as which user. */
export interface Place {
  /** The folder that contains the cluster and the server's log. */
  home: string;
  binaries: Binaries;
  user?: SystemUser;
}

/** Used for what the server's user cannot reach in its usual place, such as a checkout in root's home folder. */
const FALLBACK = '/var/lib/latchkey';

/** Chooses a place that the user who will run the server can actually use, and logs it if it is not the usual one. */
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

/** The name also depends on the password: someone who removes the data folder to start over gets an empty database. */
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
  // A copy would not help if no user can run them.
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
    `The embedded PostgreSQL in ${binaries.folder} does not run on this system (${output}). On Linux it requires ` +
      'glibc, which Alpine and other musl systems lack. Set DATABASE_URL to use another PostgreSQL server.',
  );
}
