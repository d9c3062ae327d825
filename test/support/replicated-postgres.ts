import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { chmod, chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { describeWhere } from './describe-where.js';
import { freePort } from './free-port.js';
import { until } from './until.js';

/** A primary and its standby. */
export interface ReplicatedPostgres {
  /** Names both servers, the primary first. */
  url: string;
  primary: string;
  standby: string;
  /** From now on, the standby learns nothing more. */
  cutReplication(): Promise<void>;
  /** The primary dies without a farewell. */
  killPrimary(): Promise<void>;
  /** Resolves when the standby is the new primary. */
  promote(): Promise<void>;
  close(): Promise<void>;
}

const VERSIONS = '/usr/lib/postgresql';
/** The programs of PostgreSQL, with those for replication. */
export const BIN = (existsSync(VERSIONS) ? readdirSync(VERSIONS) : [])
  .map((version) => join(VERSIONS, version, 'bin'))
  .findLast((folder) => existsSync(join(folder, 'pg_basebackup')) && existsSync(join(folder, 'postgres')));

/** `describe` for tests that need a PostgreSQL with its tools for replication. */
export const describeWithStandby = describeWhere({
  present: BIN !== undefined,
  missing: 'There is no PostgreSQL with pg_basebackup: on Debian it is the package "postgresql".',
  skipped: 'the tests of a failover',
});

/** PostgreSQL refuses to run as root. */
export function serverUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

export async function startReplicatedPostgres(
  how: 'asynchronous' | 'synchronous',
): Promise<ReplicatedPostgres> {
  const folder = await mkdtemp(join(tmpdir(), 'latchkey-replicated-'));
  const user = serverUser();
  await chmod(folder, 0o755);
  if (user) await chown(folder, user.uid, user.gid);
  const run = (program: string, ...args: string[]) =>
    execFileSync(join(BIN!, program), args, { ...user, stdio: 'ignore', cwd: folder });
  const serve = async (name: string, port: number, more: string[] = []): Promise<ChildProcess> => {
    const settings = [`port=${port}`, 'listen_addresses=127.0.0.1', 'unix_socket_directories=', 'fsync=off'];
    const args = ['-D', join(folder, name), ...[...settings, ...more].flatMap((setting) => ['-c', setting])];
    const server = spawn(join(BIN!, 'postgres'), args, { ...user, stdio: 'ignore', cwd: folder });
    await until(() => answers(urlOf(port, 'postgres')));
    return server;
  };

  const [primaryPort, standbyPort] = [await freePort(), await freePort()];
  run('initdb', '-D', join(folder, 'primary'), '-U', 'latchkey', '--auth=trust', '-E', 'UTF8', '--locale=C');
  // From its start, because a running server applies this setting later than it confirms it.
  const waits = how === 'synchronous' ? ['synchronous_standby_names=standby'] : [];
  const primary = await serve('primary', primaryPort, waits);
  const alone = `${urlOf(primaryPort, 'postgres')}?options=${encodeURIComponent('-c synchronous_commit=local')}`;
  await query(alone, 'CREATE DATABASE auth');
  const source = `host=127.0.0.1 port=${primaryPort} user=latchkey application_name=standby`;
  run('pg_basebackup', '-D', join(folder, 'standby'), '-d', source, '-R', '-X', 'stream', '-c', 'fast');
  const standby = await serve('standby', standbyPort);
  const replicas = `SELECT 1 FROM pg_stat_replication WHERE state = 'streaming' AND sync_state = $1`;
  const state = how === 'synchronous' ? 'sync' : 'async';
  await until(async () => (await query(urlOf(primaryPort, 'auth'), replicas, [state])).length === 1);
  return {
    url: `postgres://latchkey@127.0.0.1:${primaryPort},127.0.0.1:${standbyPort}/auth?target_session_attrs=read-write`,
    primary: urlOf(primaryPort, 'auth'),
    standby: urlOf(standbyPort, 'auth'),
    cutReplication: async () => {
      const url = urlOf(standbyPort, 'auth');
      await query(url, `ALTER SYSTEM SET primary_conninfo = ''`);
      await query(url, 'SELECT pg_reload_conf()');
      await until(async () => (await query(url, 'SELECT 1 FROM pg_stat_wal_receiver')).length === 0);
    },
    killPrimary: () => end(primary),
    promote: async () => {
      const promotion = spawn(join(BIN!, 'pg_ctl'), ['promote', '-D', join(folder, 'standby')], {
        ...user,
        stdio: 'ignore',
      });
      await once(promotion, 'exit');
    },
    close: async () => {
      await Promise.all([end(primary), end(standby)]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const urlOf = (port: number, name: string) => `postgres://latchkey@127.0.0.1:${port}/${name}`;

export async function query(url: string, sql: string, values: unknown[] = []): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(sql, values)).rows;
  } finally {
    await client.end();
  }
}

export async function answers(url: string): Promise<boolean> {
  return query(url, 'SELECT 1').then(
    () => true,
    () => false,
  );
}

/** An immediate shutdown of a server: no checkpoint, and nothing more is sent to anyone. */
export async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const exited = once(server, 'exit');
  server.kill('SIGQUIT');
  await exited;
}
