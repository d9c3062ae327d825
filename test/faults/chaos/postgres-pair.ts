import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BIN, answers, end, query, serverUser } from '../../support/replicated-postgres.js';
import { until } from '../../support/until.js';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.js';
import { fixedPort } from './fixed-port.js';

const SETTINGS = [
  'listen_addresses=127.0.0.1',
  'unix_socket_directories=',
  'fsync=off',
  'shared_buffers=32MB',
  'max_wal_size=256MB',
];

/** A PostgreSQL server and its folder. It keeps its port in whatever role it has. */
interface Server {
  name: string;
  port: number;
  process?: ChildProcess;
}

/** A primary with a synchronous standby, which can take over again and again: then the other one becomes the standby. */
export class PostgresPair {
  private primary: Server;
  private standby: Server;

  private constructor(
    private readonly folder: string,
    private readonly user: { uid: number; gid: number } | undefined,
    readonly ports: [number, number],
    /** Leads to whichever is the primary. */
    readonly address: TcpProxy,
  ) {
    this.primary = { name: 'one', port: ports[0] };
    this.standby = { name: 'two', port: ports[1] };
  }

  static async start(): Promise<PostgresPair> {
    const folder = await mkdtemp(join(tmpdir(), 'latchkey-chaos-postgres-'));
    const user = serverUser();
    await chmod(folder, 0o755);
    if (user) await chown(folder, user.uid, user.gid);
    const ports: [number, number] = [await fixedPort(), await fixedPort()];
    const pair = new PostgresPair(folder, user, ports, await startTcpProxy(ports[0]));
    await pair.begin().catch(async (error: unknown) => {
      await pair.close();
      throw error;
    });
    return pair;
  }

  /** For the service, on the port of a server or of something in front of it. */
  static urlOf(...ports: number[]): string {
    const hosts = ports.map((port) => `127.0.0.1:${port}`).join(',');
    return `postgres://latchkey:any@${hosts}/auth${ports.length > 1 ? '?target_session_attrs=read-write' : ''}`;
  }

  query<T>(sql: string): Promise<T[]> {
    return query(`postgres://postgres@127.0.0.1:${this.primary.port}/auth`, sql) as Promise<T[]>;
  }

  /** The primary dies with all its processes, and comes back with what it had. */
  async crash(): Promise<() => Promise<void>> {
    await end(this.primary.process!);
    return () => this.serve(this.primary);
  }

  /** The primary dies and the standby takes over. Resolves when there is a standby again. */
  async failOver(): Promise<() => Promise<void>> {
    const [dead, next] = [this.primary, this.standby];
    await end(dead.process!);
    this.primary = next;
    this.standby = dead;
    return async () => {
      const args = ['promote', '-D', this.dataOf(next)];
      await once(spawn(join(BIN!, 'pg_ctl'), args, { ...this.user, stdio: 'ignore' }), 'exit');
      this.address.leadTo(next.port);
      await this.makeStandby();
    };
  }

  /** The standby stops, and with it every commit, until what is returned is called. */
  freezeStandby(): () => Promise<void> {
    const { pid } = this.standby.process!;
    const children = execFileSync('pgrep', ['-P', String(pid)], { encoding: 'utf8' })
      .trim()
      .split('\n');
    const all = [pid!, ...children.map(Number)];
    for (const each of all) process.kill(each, 'SIGSTOP');
    return async () => {
      for (const each of all) process.kill(each, 'SIGCONT');
      await this.waitForStandby();
    };
  }

  async close(): Promise<void> {
    await this.address.close();
    for (const { process: server } of [this.standby, this.primary]) if (server) await end(server);
    await rm(this.folder, { recursive: true, force: true });
  }

  private async begin(): Promise<void> {
    const data = this.dataOf(this.primary);
    this.run('initdb', '-D', data, '-U', 'postgres', '--auth=trust', '-E', 'UTF8', '--locale=C');
    await this.serve(this.primary);
    const url = `postgres://postgres@127.0.0.1:${this.primary.port}/postgres`;
    await query(url, 'CREATE ROLE latchkey LOGIN');
    // A pooler in transaction mode passes no limit on.
    await query(url, `ALTER ROLE latchkey SET statement_timeout = '900ms'`);
    await query(url, 'CREATE DATABASE auth OWNER latchkey');
    await this.makeStandby();
  }

  private async makeStandby(): Promise<void> {
    const data = this.dataOf(this.standby);
    await rm(data, { recursive: true, force: true });
    const source = `host=127.0.0.1 port=${this.primary.port} user=postgres application_name=standby`;
    const args = ['-D', data, '-d', source, '-R', '-X', 'stream', '-c', 'fast'];
    const copying = spawn(join(BIN!, 'pg_basebackup'), args, {
      ...this.user,
      stdio: 'ignore',
      cwd: this.folder,
    });
    await once(copying, 'exit');
    await this.serve(this.standby);
    await this.query(`ALTER SYSTEM SET synchronous_standby_names = 'standby'`);
    await this.query('SELECT pg_reload_conf()');
    await this.waitForStandby();
  }

  private async waitForStandby(): Promise<void> {
    const sql = `SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync' AND state = 'streaming'`;
    await until(async () => (await this.query(sql)).length === 1);
  }

  private async serve(server: Server): Promise<void> {
    const settings = [`port=${server.port}`, ...SETTINGS].flatMap((setting) => ['-c', setting]);
    const args = ['-D', this.dataOf(server), ...settings];
    server.process = spawn(join(BIN!, 'postgres'), args, { ...this.user, stdio: 'ignore', cwd: this.folder });
    await until(() => answers(`postgres://postgres@127.0.0.1:${server.port}/postgres`));
  }

  private run(program: string, ...args: string[]): void {
    execFileSync(join(BIN!, program), args, { ...this.user, stdio: 'ignore', cwd: this.folder });
  }

  private dataOf({ name }: Server): string {
    return join(this.folder, name);
  }
}
