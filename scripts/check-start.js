// `node scripts/check-start.js`: what a newcomer does. A fresh clone, `npm ci && npm start`, an account; then the
// service is killed, started again, and must still know the account.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.js';

const root = join(import.meta.dirname, '..');
const clone = mkdtempSync(join(tmpdir(), 'latchkey-start-'));
const account = { email: 'newcomer@example.com', password: 'a password nobody has' };

const { NODE_ENV: _, ...environment } = process.env;

const port = await freePort();
const url = (path) => `http://127.0.0.1:${port}${path}`;
const post = (path, body) =>
  fetch(url(path), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

/** A separate process group, so that a signal reaches both npm and the service. */
async function start() {
  const began = performance.now();
  const child = spawn('npm', ['start'], {
    cwd: clone,
    detached: true,
    env: { ...environment, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  const exited = new Promise((resolve) => child.once('exit', resolve));
  for (let waited = 0; waited < 120_000; waited += 100) {
    const ready = await fetch(url('/health/ready')).catch(() => undefined);
    if (ready?.ok)
      return { child, exited, output: () => output, seconds: (performance.now() - began) / 1000 };
    if (child.exitCode !== null) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`npm start did not become ready:\n${output}`);
}

async function end({ child, exited }, signal) {
  process.kill(-child.pid, signal);
  await exited;
  // npm may end before the service, which still has to stop its database.
  while (isAlive(-child.pid)) await new Promise((resolve) => setTimeout(resolve, 50));
}

function isAlive(group) {
  try {
    return process.kill(group, 0);
  } catch {
    return false;
  }
}

function assert(condition, message) {
  if (!condition) throw new Error(message);
}

let running;
try {
  execFileSync('git', ['clone', '--quiet', root, clone]);
  execFileSync('npm', ['ci', '--silent'], { cwd: clone, stdio: 'inherit' });

  running = await start();
  console.log(`first start, with build and new database: ready after ${running.seconds.toFixed(1)} s`);
  assert(
    /listens on/.test(running.output()) && /\/docs/.test(running.output()),
    'the service does not print its address',
  );
  assert((await post('/auth/register', account)).status === 201, 'an account cannot be created');
  assert(!/\w+Warning: /.test(running.output()), `warnings at startup:\n${running.output()}`);

  await end(running, 'SIGKILL');
  running = await start();
  console.log(`after kill -9: ready after ${running.seconds.toFixed(1)} s`);
  assert((await post('/auth/login', account)).status === 200, 'the account is lost after kill -9');

  await end(running, 'SIGTERM');
  running = await start();
  console.log(`after SIGTERM: ready after ${running.seconds.toFixed(1)} s`);
  assert((await post('/auth/login', account)).status === 200, 'the account is lost after SIGTERM');
} finally {
  if (running?.child.exitCode === null) await end(running, 'SIGTERM').catch(() => undefined);
  rmSync(clone, { recursive: true, force: true });
}
