import { readFile, readlink, realpath } from 'node:fs/promises';

/** Whether there is a process with this id, even if it belongs to another user. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * Whether this process may be the PostgreSQL server of the cluster in this folder. Returns `false` only if it certainly
 * is not: it is gone or a zombie, or its working folder is another one (a server never leaves its cluster's folder).
 */
export async function mayServe(pid: number, cluster: string): Promise<boolean> {
  if (!isRunning(pid)) return false;
  const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  if (/\) Z /.test(status)) return false;
  const workingFolder = await readlink(`/proc/${pid}/cwd`).catch(() => undefined);
  return workingFolder === undefined || workingFolder === (await realpath(cluster));
}
