import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createConnection, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeWhere } from './describe-where.js';
import { until } from './until.js';

export interface TestRedis {
  url: string;
  port: number;
  process: ChildProcess;
  /** Ends it, by default abruptly, like a power failure. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Starts it again on the same port, empty. */
  restart(): Promise<void>;
  /** Ends it and removes its files. */
  close(): Promise<void>;
}

export const hasRedis = (() => {
  try {
    execFileSync('redis-server', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

/** `describe` for tests that need a redis-server. */
export const describeWithRedis = describeWhere({
  present: hasRedis,
  missing: 'redis-server is not on the PATH: install it.',
  skipped: 'the tests that need Redis',
});

/** A Redis server for one test, on a free loopback port, without persistence. */
export async function startRedis(): Promise<TestRedis> {
  const folder = await mkdtemp(join(tmpdir(), 'latchkey-redis-'));
  const port = await freePort();
  const redis = { port, url: `redis://127.0.0.1:${port}` } as TestRedis;
  const start = async () => {
    const options = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', folder];
    redis.process = spawn('redis-server', options, { stdio: 'ignore' });
    await until(() => accepts(port));
  };
  redis.kill = async (signal = 'SIGKILL') => {
    if (redis.process.exitCode !== null || redis.process.signalCode !== null) return;
    const exited = once(redis.process, 'exit');
    redis.process.kill(signal);
    await exited;
  };
  redis.restart = async () => {
    await redis.kill();
    await start();
  };
  redis.close = async () => {
    await redis.kill();
    await rm(folder, { recursive: true, force: true });
  };
  await start();
  return redis;
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

export function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
