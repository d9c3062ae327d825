import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { accepts, freePort } from './redis.js';
import { describeWhere } from './describe-where.js';
import { until } from './until.js';

export interface TestPgBouncer {
  /** The URL of the database behind it. */
  url: string;
  process: ChildProcess;
  kill(): Promise<void>;
  /** Kills it and starts it again on the same port, by default with the same settings. */
  restart(settings?: Record<string, string>): Promise<void>;
  /** Ends it and removes its files. */
  close(): Promise<void>;
}

const PROGRAM = ['/usr/sbin/pgbouncer', 'pgbouncer'].find((program) => {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
});

/** `describe` for tests that need PgBouncer. */
export const describeWithPgBouncer = describeWhere({
  present: PROGRAM !== undefined,
  missing: 'PgBouncer is not installed: on Debian it is the package "pgbouncer".',
  skipped: 'the tests behind PgBouncer',
});

/** A PgBouncer for one test, on a free loopback port, in front of the database of a URL. */
export async function startPgBouncer(
  databaseUrl: string,
  settings: Record<string, string>,
): Promise<TestPgBouncer> {
  const folder = await mkdtemp(join(tmpdir(), 'latchkey-pgbouncer-'));
  await chmod(folder, 0o755);
  const file = join(folder, 'pgbouncer.ini');
  const port = await freePort();
  const url = new URL(databaseUrl);
  const pgbouncer = {} as TestPgBouncer;
  let current = settings;

  const start = async () => {
    await writeFile(file, iniFile(url, port, current), { mode: 0o644 });
    pgbouncer.process = spawn(PROGRAM!, [file], { stdio: 'ignore' });
    await until(() => accepts(port));
  };
  pgbouncer.kill = async () => {
    if (pgbouncer.process.exitCode !== null || pgbouncer.process.signalCode !== null) return;
    const exited = once(pgbouncer.process, 'exit');
    pgbouncer.process.kill('SIGKILL');
    await exited;
  };
  pgbouncer.restart = async (next = current) => {
    current = next;
    await pgbouncer.kill();
    await start();
  };
  pgbouncer.close = async () => {
    await pgbouncer.kill();
    await rm(folder, { recursive: true, force: true });
  };
  await start();
  pgbouncer.url = Object.assign(new URL(databaseUrl), { host: `127.0.0.1:${port}` }).href;
  return pgbouncer;
}

function iniFile(url: URL, port: number, settings: Record<string, string>): string {
  const target = { host: '127.0.0.1', port: url.port, user: url.username, password: url.password };
  const connection = Object.entries(target).map(([name, value]) => `${name}=${decodeURIComponent(value)}`);
  const all = {
    listen_addr: '127.0.0.1',
    listen_port: String(port),
    unix_socket_dir: '',
    auth_type: 'any',
    // It refuses to run as root.
    ...(process.getuid?.() === 0 ? { user: 'nobody' } : {}),
    ...settings,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name} = ${value}`);
  return ['[databases]', `* = ${connection.join(' ')}`, '[pgbouncer]', ...lines, ''].join('\n');
}
