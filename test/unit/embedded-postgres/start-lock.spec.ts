import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { withLock } from '../../../src/embedded-postgres/start-lock.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'latchkey-test-'));
});

afterEach(() => rm(folder, { recursive: true }));

describe('the lock of a data folder', () => {
  it('admits one at a time, and all of them in the end', async () => {
    let inside = 0;
    const seen: number[] = [];
    const work = async () => {
      seen.push(++inside);
      await delay(5);
      inside--;
    };
    await Promise.all(Array.from({ length: 6 }, () => withLock(folder, work)));
    expect(seen).toEqual([1, 1, 1, 1, 1, 1]);
    expect(await readdir(folder)).toEqual([]);
  });

  it('is released when the work fails', async () => {
    await expect(withLock(folder, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await withLock(folder, () => Promise.resolve('done'))).toBe('done');
  });

  it.each([
    ['no longer exists', 4_194_303],
    ['had our present process id', process.pid],
  ])('is not held by a process that %s', async (_, pid) => {
    await writeFile(join(folder, `postgres-lock.${pid}.abcd`), '');
    expect(await withLock(folder, () => readdir(folder))).toHaveLength(1);
  });

  it('is not held forever by a process id that now belongs to another process', async () => {
    const claim = join(folder, `postgres-lock.${process.ppid}.abcd`);
    await writeFile(claim, '');
    const longAgo = Date.now() / 1000 - 3_600;
    await utimes(claim, longAgo, longAgo);
    expect(await withLock(folder, () => readdir(folder))).toHaveLength(1);
  });
});
