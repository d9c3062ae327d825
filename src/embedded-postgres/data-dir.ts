import { access, chmod, chown, constants, mkdir, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname } from 'node:path';

import { run } from './run.js';
import type { SystemUser } from './run.js';

/** Creates the folder, accessible only to this user; an existing folder keeps its mode. */
export async function makePrivateDir(folder: string): Promise<void> {
  await mkdir(dirname(folder), { recursive: true });
  await mkdir(folder, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  await access(folder, constants.R_OK | constants.W_OK | constants.X_OK).catch((cause: unknown) => {
    throw new Error(
      `This user cannot write to the data folder ${folder}. ` +
        'Was it created by another user, such as root? Start as that user, or set DATA_DIR to another folder.',
      { cause },
    );
  });
}

/** Creates the folder so that everyone can enter it. */
export async function makePublicDir(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await chmod(folder, 0o755);
  } catch (cause) {
    throw new Error(
      `The folder ${folder}, needed because PostgreSQL cannot enter root's own folders, could not be created. ` +
        'Set DATA_DIR to a folder that every user can enter, or set DATABASE_URL to use another PostgreSQL server.',
      { cause },
    );
  }
}

/** Lets the server's user pass through root's private folder to reach the cluster in it, but not list the folder. */
export async function letPass(folder: string, user: SystemUser): Promise<void> {
  const { uid, mode } = await stat(folder);
  if (uid !== 0 || (mode & 0o077) !== 0 || folder === homedir()) return;
  await chown(folder, 0, user.gid);
  await chmod(folder, 0o710);
}

/** Whether this user can enter the folder. Actually tries it, because file modes alone do not decide that. */
export async function canEnter(folder: string, user: SystemUser): Promise<boolean> {
  const { ok } = await run('/bin/sh', ['-c', 'cd "$1"', 'sh', folder], { user, limit: 5_000 });
  return ok;
}
