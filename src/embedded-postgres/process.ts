import { readFile, readlink, realpath } from 'node:fs/promises';

/** Whether there is a process with this id, be it another user's. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * Whether this process can be a PostgreSQL server of the cluster in this folder. Only a sure sign makes it `false`: it
 * is gone or a zombie, or it works in another folder (a server never leaves the folder of its cluster).
 */
export async function mayServe(pid: number, cluster: string): Promise<boolean> {
  if (!isRunning(pid)) return false;
  const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  if (/\) Z /.test(status)) return false;
  const workingFolder = await readlink(`/proc/${pid}/cwd`).catch(() => undefined);
  return workingFolder === undefined || workingFolder === (await realpath(cluster));
}
