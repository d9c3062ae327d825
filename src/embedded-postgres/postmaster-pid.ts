import { constants, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What the server wrote about itself into its cluster's folder. */
export interface PostmasterPid {
  file: string;
  pid: number;
  /** Missing during the first moments of a start. */
  port?: number;
}

export async function readPostmasterPid(cluster: string): Promise<PostmasterPid | undefined> {
  const file = join(cluster, 'postmaster.pid');
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  const lines = text.split('\n');
  const pid = Number(lines[0]);
  return pid > 0 ? { file, pid, port: Number(lines[3]) || undefined } : undefined;
}

/**
 * Keeps a leftover file from blocking the start when its process id now belongs to another process or to a zombie.
 * Writes our own id, because PostgreSQL treats the id of the process that called `pg_ctl` as a coincidence. Removing
 * the file would also remove the line by which PostgreSQL detects that orphans of a killed server still use the files.
 */
export async function disown({ file }: PostmasterPid): Promise<void> {
  const text = (await readFile(file, 'utf8')).replace(/^\d+/, String(process.pid));
  const handle = await open(file, constants.O_WRONLY | constants.O_NOFOLLOW);
  try {
    // The file is never empty in between: PostgreSQL does not start if it finds an empty file.
    await handle.write(text, 0);
    await handle.truncate(Buffer.byteLength(text));
  } finally {
    await handle.close();
  }
}
