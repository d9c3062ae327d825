import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { accepts, freePort } from '../../support/redis.js';
import { query } from '../../support/replicated-postgres.js';
import { until } from '../../support/until.js';

const SCRIPTS = join(import.meta.dirname, '../../../deploy/production');
const VERSIONS = '/usr/lib/postgresql';
const BIN = (existsSync(VERSIONS) ? readdirSync(VERSIONS) : [])
  .map((version) => join(VERSIONS, version, 'bin'))
  .findLast((folder) => existsSync(join(folder, 'pg_basebackup')) && existsSync(join(folder, 'postgres')));

export const hasEverything =
  BIN !== undefined && ['haproxy', 'pgbouncer'].every((name) => existsSync(`/usr/sbin/${name}`));

/** What deploy/compose.production.yml starts, as processes of this machine with the same files. */
export interface ProductionSetup {
  /** Where `secrets.sh` has written them. The addresses in them are those of this machine. */
  secret(name: string): string;
  secretFile(name: string): string;
  /** SQL as the superuser of the primary or of the standby. */
  asSuperuser(server: 'primary' | 'standby', sql: string): Promise<unknown[]>;
  killPrimary(): Promise<void>;
  promoteStandby(): void;
  /** Stops the standby, leaves what a killed `pg_basebackup` leaves, and starts it again. */
  cutOffCopy(): Promise<void>;
  close(): Promise<void>;
}

export async function startProductionSetup(): Promise<ProductionSetup> {
  const folder = await mkdtemp(join(tmpdir(), 'latchkey-production-'));
  const user = postgresUser();
  const names = ['postgres', 'standby', 'redis', 'pgbouncer'] as const;
  const ports = Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await freePort()] as const)),
  ) as Record<(typeof names)[number], number>;
  const secrets = join(folder, 'secrets');
  await cp(SCRIPTS, folder, { recursive: true, filter: (path) => !path.endsWith('/secrets') });
  execFileSync('sh', [join(folder, 'secrets.sh'), secrets], { stdio: 'ignore' });
  const here = (text: string) =>
    names.reduce(
      (all, name) => all.replaceAll(new RegExp(`\\b${name}:\\d+`, 'g'), `127.0.0.1:${ports[name]}`),
      text,
    );
  for (const name of readdirSync(secrets).filter((each) => each.endsWith('_url')))
    writeFileSync(join(secrets, name), here(readFileSync(join(secrets, name), 'utf8')));
  if (user) execFileSync('chown', ['-R', `${user.uid}:${user.gid}`, folder]);

  const started: ChildProcess[] = [];
  const env = { PATH: `${BIN}:${process.env.PATH}`, SECRETS: secrets, PGHOST: folder, PGUSER: 'postgres' };
  const start = async (port: number, command: string[], more: Record<string, string> = {}) => {
    const [program = '', ...args] = command;
    const child = spawn(program, args, { ...user, env: { ...env, ...more }, stdio: 'pipe', cwd: folder });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text));
    started.push(child);
    await until(async () => {
      if (child.exitCode !== null) throw new Error(`${program} ended with ${child.exitCode}:\n${output}`);
      return accepts(port);
    });
    return child;
  };
  const settings = (port: number) =>
    [`port=${port}`, 'listen_addresses=127.0.0.1', `unix_socket_directories=${folder}`, 'fsync=off'].flatMap(
      (setting) => ['-c', setting],
    );
  const run = (command: string[], more: Record<string, string> = {}) =>
    execFileSync(command[0]!, command.slice(1), {
      ...user,
      env: { ...env, ...more },
      stdio: 'pipe',
      cwd: folder,
    });

  const data = join(folder, 'primary');
  run([
    'initdb',
    '-D',
    data,
    '-U',
    'postgres',
    '--auth-local=trust',
    '--auth-host=scram-sha-256',
    '-E',
    'UTF8',
  ]);
  const primary = await start(ports.postgres, ['postgres', '-D', data, ...settings(ports.postgres)]);
  const onPrimary = { PGPORT: String(ports.postgres), PGDATA: data };
  await until(() => succeeds(() => run(['psql', '-c', 'CREATE DATABASE latchkey', 'postgres'], onPrimary)));
  run(['sh', 'primary.sh'], onPrimary);
  const standby = { PGDATA: join(folder, 'standby'), PRIMARY: `host=127.0.0.1 port=${ports.postgres}` };
  const follow = () => start(ports.standby, ['sh', 'standby.sh', ...settings(ports.standby)], standby);
  let following = await follow();
  await start(ports.redis, [
    'redis-server',
    '--port',
    String(ports.redis),
    '--aclfile',
    join(secrets, 'redis.acl'),
  ]);
  const ini = readFileSync(join(folder, 'pgbouncer.ini'), 'utf8')
    .replace('host=postgres port=5432', `host=127.0.0.1 port=${ports.postgres}`)
    .replace('listen_addr = *', 'listen_addr = 127.0.0.1')
    .replace('listen_port = 6432', `listen_port = ${ports.pgbouncer}`)
    .replace('/run/secrets', secrets);
  writeFileSync(join(folder, 'pgbouncer.here.ini'), ini);
  await start(ports.pgbouncer, ['/usr/sbin/pgbouncer', 'pgbouncer.here.ini']);

  const portOf = { primary: ports.postgres, standby: ports.standby };
  const end = async (child: ChildProcess) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGQUIT');
    await exited;
  };
  return {
    secretFile: (name) => join(secrets, name),
    secret: (name) => readFileSync(join(secrets, name), 'utf8').trim(),
    asSuperuser: (server, sql) =>
      query(`postgres://postgres@/latchkey?host=${encodeURIComponent(folder)}&port=${portOf[server]}`, sql),
    killPrimary: () => end(primary),
    promoteStandby: () => void run(['pg_ctl', 'promote', '-w', '-D', standby.PGDATA]),
    cutOffCopy: async () => {
      await end(following);
      await rm(join(standby.PGDATA, 'global/pg_control'));
      following = await follow();
    },
    close: async () => {
      await Promise.all(started.map(end));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** PostgreSQL and PgBouncer refuse to run as root. */
function postgresUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

function succeeds(work: () => unknown): boolean {
  try {
    work();
    return true;
  } catch {
    return false;
  }
}
