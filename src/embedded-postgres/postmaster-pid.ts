import { constants, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What the server wrote about itself into the folder of its cluster. */
export interface PostmasterPid {
  file: string;
  pid: number;
  /** Not there yet in the first moments of a start. */
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
 * Keeps a left-over file from blocking the start when its process id now belongs to some other process, or to a
 * zombie: PostgreSQL takes the id of the process that called `pg_ctl` for a coincidence. Removing the file would also
 * remove the line by which PostgreSQL finds out that orphans of a killed server are still at work on the files.
 */
export async function disown({ file }: PostmasterPid): Promise<void> {
  const text = (await readFile(file, 'utf8')).replace(/^\d+/, String(process.pid));
  const handle = await open(file, constants.O_WRONLY | constants.O_NOFOLLOW);
  try {
    // Never empty in between: PostgreSQL does not start when it finds an empty file.
    await handle.write(text, 0);
    await handle.truncate(Buffer.byteLength(text));
  } finally {
    await handle.close();
  }
}
