// The built service, from the start of its process until it is ready.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { onContenderCore } from './cores.js';
import { cpuSeconds, residentBytes } from './cpu-time.js';
import { freePort } from './free-port.js';

const LONGEST_MS = 120_000;

/**
 * Starts it on a database with an up-to-date schema.
 * @param on the command that runs Node
 */
export async function startService(databaseUrl, on = onContenderCore) {
  const dataDir = mkdtempSync(join(tmpdir(), 'latchkey-bench-'));
  const port = await freePort();
  const [command, ...before] = on;
  const began = performance.now();
  const service = spawn(command, [...before, join(import.meta.dirname, '../../dist/main.js')], {
    stdio: 'ignore',
    env: {
      ...process.env,
      NODE_ENV: 'development',
      HOST: '127.0.0.1',
      PORT: String(port),
      DATA_DIR: dataDir,
      DATABASE_URL: databaseUrl,
    },
  });
  const exit = once(service, 'exit');
  let ended = false;
  void exit.then(() => (ended = true));
  const stop = async () => {
    service.kill('SIGTERM');
    await exit;
    rmSync(dataDir, { recursive: true, force: true });
  };
  while (!(await isReady(port))) {
    if (ended || performance.now() - began > LONGEST_MS) {
      await stop();
      throw new Error('The service did not become ready.');
    }
    await sleep(5);
  }
  return {
    ms: performance.now() - began,
    /** On Linux: seconds of processor time and bytes of memory, until now. */
    usage: () => ({ cpu: cpuSeconds(service.pid), ...residentBytes(service.pid) }),
    stop,
  };
}

async function isReady(port) {
  return fetch(`http://127.0.0.1:${port}/health/ready`).then(
    ({ status }) => status === 200,
    () => false,
  );
}
