import { randomBytes } from 'node:crypto';
import { readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { poll } from './poll.js';
import { isRunning } from './process.js';

const PREFIX = 'postgres-lock.';
/** Longer than any work done under the lock: the owner of an older claim is dead, even if its process id is in use. */
const CLAIM_MAX_AGE_MS = 300_000;

/** The claims of this process. A claim with our process id that is not in this set was left by an earlier process. */
const ours = new Set<string>();

/**
 * Runs the work while no other process runs work on the same folder. Each contender puts its own claim file into the
 * folder and holds the lock if it then finds no other claim. So anyone can remove the claim of a dead owner, without
 * the race between two processes that take over the same lock file.
 */
export async function withLock<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const claim = `${PREFIX}${process.pid}.${randomBytes(4).toString('hex')}`;
  ours.add(claim);
  try {
    await acquire(folder, claim);
    return await work();
  } finally {
    await rm(join(folder, claim), { force: true });
    ours.delete(claim);
  }
}

async function acquire(folder: string, claim: string): Promise<void> {
  if (await poll(async () => (await tryAcquire(folder, claim)) || undefined)) return;
  const others = (await rivals(folder, claim)).map((name) => join(folder, name));
  throw new Error(
    `Another process has been starting or stopping the embedded PostgreSQL in ${folder} for too long. ` +
      `The number in the file name is its process id; if that is not Latchkey, remove ${others.join(' and ')}.`,
  );
}

async function tryAcquire(folder: string, claim: string): Promise<boolean> {
  if ((await rivals(folder, claim)).length > 0) return false;
  await writeFile(join(folder, claim), '', { mode: 0o600 });
  if ((await rivals(folder, claim)).length === 0) return true;
  await rm(join(folder, claim), { force: true });
  // Two contenders that see each other both back off; a random delay decides which one retries first.
  await delay(Math.random() * 100);
  return false;
}

async function rivals(folder: string, claim: string): Promise<string[]> {
  const claims = (await readdir(folder)).filter((name) => name.startsWith(PREFIX) && name !== claim);
  const held = await Promise.all(claims.map((name) => isHeld(folder, name)));
  return claims.filter((_, index) => held[index]);
}

async function isHeld(folder: string, claim: string): Promise<boolean> {
  if (ours.has(claim)) return true;
  const pid = Number(claim.split('.')[1]);
  const made = await stat(join(folder, claim)).catch(() => undefined);
  if (!made) return false;
  const held = pid !== process.pid && isRunning(pid) && Date.now() - made.mtimeMs < CLAIM_MAX_AGE_MS;
  if (!held) await rm(join(folder, claim), { force: true });
  return held;
}
