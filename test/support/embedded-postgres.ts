import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { SystemUser } from '../../src/embedded-postgres/run.js';

const support = join(process.cwd(), 'test/support');

/** A folder whose embedded servers are stopped and removed when it is closed, or when this process dies. */
export async function openScratchFolder(): Promise<{ folder: string; close(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'latchkey-test-'));
  await chmod(folder, 0o755);
  const watchdog = spawn(process.execPath, [join(support, 'postgres-watchdog.js'), folder], {
    detached: true,
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  return {
    folder,
    close: async () => {
      watchdog.stdin.end();
      await once(watchdog, 'close');
    },
  };
}

/** The embedded PostgreSQL of another process. */
export interface ServiceProcess {
  url: string;
  folder: string;
  stop(): Promise<void>;
  kill(): Promise<void>;
}

/** Starts the embedded PostgreSQL in another process, which can be killed. */
export async function startService(dataDir: string, user?: SystemUser): Promise<ServiceProcess> {
  const child = spawnService(dataDir, user);
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()));
  const closed = once(child, 'close');
  const output: unknown[] = await Promise.race([once(child.stdout, 'data'), closed]);
  if (!Buffer.isBuffer(output[0])) throw new Error(`The service did not start: ${log}`);
  const { url, folder } = JSON.parse(output[0].toString()) as { url: string; folder: string };
  const end = async (how: () => void) => {
    how();
    await closed;
  };
  const stop = () => end(() => child.stdin.end());
  return { url, folder, stop, kill: () => end(() => child.kill('SIGKILL')) };
}

export function spawnService(dataDir: string, user?: SystemUser): ChildProcessWithoutNullStreams {
  const script = join(support, 'embedded-postgres-fixture.js');
  return spawn(process.execPath, [script, dataDir], { ...user, stdio: 'pipe' });
}
