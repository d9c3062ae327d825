import '../../scripts/typescript.js';

import { readdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const { clusterIn, fallbackHome } = await import('../../src/embedded-postgres/place.ts');
const { readPostmasterPid } = await import('../../src/embedded-postgres/postmaster-pid.ts');
const { mayServe } = await import('../../src/embedded-postgres/process.ts');

/** Stops every embedded PostgreSQL whose data folder is anywhere in this folder, and removes all their files. */
export async function removeServers(folder) {
  const files = await readdir(folder, { recursive: true }).catch(() => []);
  const passwords = files.filter((file) => /(^|[/\\])postgres-password$/.test(file));
  await Promise.all(passwords.map((file) => removeServer(dirname(join(folder, file)))));
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
}

async function removeServer(dataDir) {
  const password = (await readFile(join(dataDir, 'postgres-password'), 'utf8')).trim();
  const elsewhere = fallbackHome(dataDir, password);
  await Promise.all([stop(clusterIn(dataDir)), stop(clusterIn(elsewhere))]);
  await rm(elsewhere, { recursive: true, force: true, maxRetries: 5 });
}

/** Does not check for connections: the workers of a killed Jest may still hold some. */
async function stop(cluster) {
  const holder = await readPostmasterPid(cluster);
  if (!holder || !(await mayServe(holder.pid, cluster))) return;
  process.kill(holder.pid, 'SIGCONT');
  process.kill(holder.pid, 'SIGINT');
  for (let i = 0; i < 500 && (await mayServe(holder.pid, cluster)); i++) await delay(20);
}
