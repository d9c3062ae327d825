// A Redis for a contender: in memory, on a free port, and like the database away from the contenders' core.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './free-port.js';
import { endWithBench } from './processes.js';

const LONGEST_MS = 10_000;

/** Starts it; `undefined` if there is no redis-server. */
export async function startRedis() {
  if (spawnSync('redis-server', ['--version']).status !== 0) return undefined;
  const port = await freePort();
  const options = ['--port', port, '--bind', '127.0.0.1', '--save', '', '--dir', tmpdir()];
  const server = spawn('redis-server', options.map(String), { stdio: 'ignore' });
  endWithBench(server);
  const exited = once(server, 'exit');
  const stop = async () => {
    server.kill('SIGTERM');
    await exited;
  };
  for (const began = performance.now(); !(await accepts(port)); await sleep(5)) {
    if (performance.now() - began < LONGEST_MS && server.exitCode === null) continue;
    await stop();
    throw new Error('redis-server did not start.');
  }
  return { url: `redis://127.0.0.1:${port}`, stop };
}

function accepts(port) {
  return new Promise((resolve) => {
    const socket = createConnection(port, '127.0.0.1');
    socket.once('error', () => resolve(false));
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
}
