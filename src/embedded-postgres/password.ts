import { randomBytes } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';

/** The password of the cluster: made once, kept in a file that only its owner can read. */
export async function loadPassword(file: string): Promise<string> {
  const kept = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  return kept.trim() || createPassword(file);
}

async function createPassword(file: string): Promise<string> {
  const password = randomBytes(24).toString('base64url');
  // On the disk before the cluster that is made with it: without it the cluster could not be opened.
  await writeFile(`${file}.new`, `${password}\n`, { mode: 0o600, flush: true });
  await rename(`${file}.new`, file);
  return password;
}
