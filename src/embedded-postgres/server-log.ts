import { chown, readFile, rename, writeFile } from 'node:fs/promises';

import type { Cluster } from './cluster.js';

/** Begins a new log for the server to write to, and keeps the one before. */
export async function beginLog({ logFile, user }: Cluster): Promise<void> {
  await rename(logFile, `${logFile}.1`).catch(() => undefined);
  await writeFile(logFile, '', { mode: 0o600 });
  if (user) await chown(logFile, user.uid, user.gid);
}

/** The last lines the server wrote, for an error message. */
export async function tail(logFile: string): Promise<string> {
  const text = await readFile(logFile, 'utf8').catch(() => '');
  const lines = text.trimEnd().split('\n').slice(-12);
  return [`The last lines of ${logFile}:`, ...lines].join('\n');
}
