import { existsSync } from 'node:fs';
import { cp, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { binariesIn, type Binaries } from './binaries.js';
import { makePublicDir } from './data-dir.js';
import { PATIENCE_MS } from './poll.js';
import { run } from './run.js';

/** Copies the programs, once per version, to a folder that everyone can read. */
export async function copyBinaries(binaries: Binaries, parent: string): Promise<Binaries> {
  const copy = join(parent, `postgres-${await version(binaries)}`);
  if (!existsSync(copy)) await copyAtomically(binaries.folder, copy, parent);
  return binariesIn(copy);
}

/** The copy appears complete or not at all, even if several services make it at the same time. */
async function copyAtomically(source: string, copy: string, parent: string): Promise<void> {
  await makePublicDir(parent);
  const staging = await mkdtemp(join(parent, 'new-'));
  try {
    await cp(source, staging, { recursive: true, verbatimSymlinks: true });
    await run('chmod', ['-R', 'a+rX,go-w', staging], { limit: PATIENCE_MS });
    await rename(staging, copy);
  } catch (error) {
    if (!existsSync(copy)) throw error;
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

async function version(binaries: Binaries): Promise<string> {
  const manifest = await readFile(join(dirname(binaries.folder), 'package.json'), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}
