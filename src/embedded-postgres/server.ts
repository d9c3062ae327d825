import type { Cluster } from './cluster.js';
import { connect, type Connection } from './connection.js';
import { PATIENCE_MS, poll } from './poll.js';
import { freePort, isTaken } from './port.js';
import { readPostmasterPid } from './postmaster-pid.js';
import { mayServe } from './process.js';
import { run } from './run.js';
import { beginLog, tail } from './server-log.js';

/** PostgreSQL settings by name; values are plain words and numbers. */
export type ServerSettings = Record<string, string>;

const ATTEMPTS = 5;
const WAIT = ['-w', '-t', String(PATIENCE_MS / 1000)];
/** `pg_ctl` has its own time limit and reports it; this one applies if it does not give up. */
const LIMIT_MS = PATIENCE_MS + 5_000;

/** Starts a server for the cluster on a free loopback port and connects to it. */
export async function startServer(cluster: Cluster, settings: ServerSettings): Promise<Connection> {
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    await beginLog(cluster);
    const { ok, output } = await launch(cluster, { ...settings, port: String(port) });
    const client = ok ? await poll(() => connect(cluster, port)) : undefined;
    if (client) return client;
    if (attempt === ATTEMPTS || !(await isTaken(port))) throw await failure(cluster, output);
  }
}

/** Stops the server and disconnects its clients; what they committed is kept. */
export async function stopServer(cluster: Cluster): Promise<void> {
  const args = ['stop', '-D', cluster.folder, '-m', 'fast', ...WAIT];
  const { ok, output } = await run(cluster.binaries.pgCtl, args, runOptions(cluster));
  if (ok) return;
  const left = await readPostmasterPid(cluster.folder);
  if (!left || !(await mayServe(left.pid, cluster.folder))) return;
  throw new Error(
    `The embedded PostgreSQL (process ${left.pid}) did not stop: ${output}\n${await tail(cluster.logFile)}`,
  );
}

function launch(cluster: Cluster, settings: ServerSettings) {
  const options = toOptions({
    ...settings,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    cluster_name: 'latchkey',
    log_checkpoints: 'off',
  });
  const args = ['start', '-s', '-D', cluster.folder, '-l', cluster.logFile, '-o', options, ...WAIT];
  return run(cluster.binaries.pgCtl, args, runOptions(cluster));
}

function runOptions(cluster: Cluster) {
  return { user: cluster.user, detached: true, limit: LIMIT_MS };
}

/** `pg_ctl` passes these to a shell, which differs between systems, so only characters that no shell interprets. */
function toOptions(settings: ServerSettings): string {
  return Object.entries(settings)
    .map(([name, value]) => {
      if (/^[\w.]+=[\w.,-]*$/.test(`${name}=${value}`)) return `-c ${name}=${value}`;
      throw new Error(
        `The setting ${name} of the embedded PostgreSQL may contain only letters, digits and "._,-".`,
      );
    })
    .join(' ');
}

async function failure(cluster: Cluster, output: string): Promise<Error> {
  return new Error(
    `The embedded PostgreSQL in ${cluster.folder} did not start: ${output || 'it does not answer'}. ` +
      'Set DATA_DIR to another folder, or set DATABASE_URL to use another PostgreSQL server.\n' +
      (await tail(cluster.logFile)),
  );
}
