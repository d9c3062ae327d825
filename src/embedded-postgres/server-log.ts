import { chown, readFile, rename, writeFile } from 'node:fs/promises';

import type { Cluster } from './cluster.js';

/** Starts a new log file for the server and keeps the previous one. */
export async function beginLog({ logFile, user }: Cluster): Promise<void> {
  await rename(logFile, `${logFile}.1`).catch(() => undefined);
  await writeFile(logFile, '', { mode: 0o600 });
  if (user) await chown(logFile, user.uid, user.gid);
}

/** Returns the last lines of the server's log, for an error message. */
export async function tail(logFile: string): Promise<string> {
  const text = await readFile(logFile, 'utf8').catch(() => '');
  const lines = text.trimEnd().split('\n').slice(-12);
  return [`The last lines of ${logFile}:`, ...lines].join('\n');
}
