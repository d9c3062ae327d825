import { randomBytes } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';

/** Returns the password of the cluster: generated once and stored in a file that only its owner can read. */
export async function loadPassword(file: string): Promise<string> {
  const kept = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  return kept.trim() || createPassword(file);
}

async function createPassword(file: string): Promise<string> {
  const password = randomBytes(24).toString('base64url');
  // Flushed to disk before the cluster is created with it: without the password, nobody could open the cluster.
  await writeFile(`${file}.new`, `${password}\n`, { mode: 0o600, flush: true });
  await rename(`${file}.new`, file);
  return password;
}
