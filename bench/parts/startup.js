// From the start of a process until it is ready, on one core.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { onContenderCore } from '../lib/cores.js';
import { startContender } from '../lib/processes.js';
import { Progress } from '../lib/progress.js';
import { settings } from '../lib/settings.js';
import { summary } from '../lib/stats.js';

export const title = 'Start-up';

const HOSTS = { 'Nest on Fastify': 'nest', '… with TypeORM': 'typeorm', '… with AuthModule': 'latchkey' };

export async function run({ database }) {
  const databaseUrl = await database.create();
  const migrated = await startContender('latchkey', { databaseUrl });
  await migrated.stop();
  const times = Object.fromEntries([...Object.keys(HOSTS), 'Service'].map((name) => [name, []]));
  const progress = new Progress('startup', settings.rounds * 4);
  for (let round = 0; round < settings.rounds; round++) {
    for (const [name, what] of Object.entries(HOSTS)) {
      progress.step(name);
      times[name].push(await timeHost({ what, databaseUrl }));
    }
    progress.step('Service');
    times.Service.push(await timeService(databaseUrl));
  }
  progress.end();
  const [nest, typeorm, latchkey] = Object.keys(HOSTS).map((name) => summary(times[name]));
  const line = (name, { value, low, high }) =>
    `${name}: ${Math.round(value)} ms (${Math.round(low)} to ${Math.round(high)})`;
  return {
    results: {},
    startMs: times,
    notes: [
      line('A Nest app on Fastify listens after', nest),
      line('With TypeORM connected', typeorm),
      line('With AuthModule as well', latchkey),
      `AuthModule adds ${Math.round(latchkey.value - typeorm.value)} ms`,
      line('The service answers /health/ready with 200 after', summary(times.Service)),
    ],
  };
}

async function timeHost(options) {
  const began = performance.now();
  const contender = await startContender('start', options);
  const ms = performance.now() - began;
  await contender.stop();
  return ms;
}

/** The built service on a database with an up-to-date schema, with the secrets of its last start. */
async function timeService(databaseUrl) {
  const dataDir = mkdtempSync(join(tmpdir(), 'latchkey-bench-'));
  const port = await freePort();
  const [command, ...before] = onContenderCore;
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
  try {
    while (!(await isReady(port))) {
      if (ended || performance.now() - began > 60_000) throw new Error('The service did not become ready.');
      await sleep(5);
    }
    return performance.now() - began;
  } finally {
    service.kill('SIGTERM');
    await exit;
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function isReady(port) {
  return fetch(`http://127.0.0.1:${port}/health/ready`).then(
    ({ status }) => status === 200,
    () => false,
  );
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
