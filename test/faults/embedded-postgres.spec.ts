import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { Client } from 'pg';

import { adopt } from '../../src/embedded-postgres/adopt.js';
import { binariesIn } from '../../src/embedded-postgres/binaries.js';
import { clusterAt } from '../../src/embedded-postgres/cluster.js';
import { startEmbeddedPostgres } from '../../src/embedded-postgres/embedded-postgres.js';
import { readPostmasterPid } from '../../src/embedded-postgres/postmaster-pid.js';
import { mayServe } from '../../src/embedded-postgres/process.js';
import { openScratchFolder, spawnService, startService } from '../support/embedded-postgres.js';

let scratch: Awaited<ReturnType<typeof openScratchFolder>>;
/** One cluster for all tests except those that need an empty folder. */
let dataDir: string;
const lines: string[] = [];

beforeAll(async () => {
  scratch = await openScratchFolder();
});

afterAll(() => scratch.close());

beforeEach(() => {
  dataDir = join(scratch.folder, 'data');
  lines.length = 0;
});

const start = (settings?: Record<string, string>) =>
  startEmbeddedPostgres({ dataDir, settings, log: (line) => lines.push(line) });

async function query(url: string, statement: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows;
  } finally {
    await client.end();
  }
}

const keep = (url: string) =>
  query(url, `DROP TABLE IF EXISTS kept; CREATE TABLE kept AS SELECT 'a row' AS what`);
const kept = (url: string) => query(url, 'SELECT what FROM kept');
const theRow = [{ what: 'a row' }];

async function serverPid(folder: string): Promise<number> {
  const written = await readPostmasterPid(folder);
  if (!written) throw new Error(`No server in ${folder}`);
  return written.pid;
}

async function isServed(folder: string): Promise<boolean> {
  const written = await readPostmasterPid(folder);
  return written !== undefined && mayServe(written.pid, folder);
}

describe('a start on an empty folder', () => {
  beforeEach(() => {
    dataDir = join(scratch.folder, randomUUID());
  });

  it('provides a database that answers, with the requested settings', async () => {
    const server = await start({ work_mem: '5MB' });
    expect(server.url).toMatch(/^postgres:\/\/latchkey:[\w-]{32}@127\.0\.0\.1:\d+\/latchkey$/);
    expect(
      await query(
        server.url,
        `SELECT current_database() AS name, current_setting('work_mem') AS memory,
           current_setting('server_encoding') AS encoding, current_setting('listen_addresses') AS listens`,
      ),
    ).toEqual([{ name: 'latchkey', memory: '5MB', encoding: 'UTF8', listens: '127.0.0.1' }]);
    await server.stop();
    expect(await isServed(server.folder)).toBe(false);
  });

  it("lets nobody in without the password, which only the folder's owner can read", async () => {
    const server = await start();
    const guess = server.url.replace(/:[\w-]{32}@/, ':guess@');
    await expect(query(guess, 'SELECT')).rejects.toMatchObject({ code: '28P01' });
    expect((await stat(join(dataDir, 'postgres-password'))).mode & 0o777).toBe(0o600);
    expect((await stat(dataDir)).mode & 0o067).toBe(0);
    await server.stop();
  });

  it('happens once when several processes start at the same time', async () => {
    const services = await Promise.all([startService(dataDir), startService(dataDir), start()]);
    expect(new Set(services.map(({ url }) => url)).size).toBe(1);
    await Promise.all(services.map(({ url }) => query(url, 'SELECT')));
    await Promise.all(services.map((service) => service.stop()));
    expect(await isServed(services[0].folder)).toBe(false);
  });

  it('succeeds after a start that was killed halfway', async () => {
    const killed = spawnService(dataDir);
    const isHalfDone = () => existsSync(dataDir) && readdirSync(dataDir).some((name) => /-new-/.test(name));
    while (!isHalfDone()) await new Promise((resolve) => setTimeout(resolve, 5));
    killed.kill('SIGKILL');
    await once(killed, 'close');
    expect(isHalfDone()).toBe(true);
    const server = await start();
    expect(await query(server.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(isHalfDone()).toBe(false);
    await server.stop();
  });
});

describe('the data', () => {
  it('is still there after a stop and another start', async () => {
    const first = await start();
    await keep(first.url);
    await first.stop();
    const second = await start();
    expect(await kept(second.url)).toEqual(theRow);
    await second.stop();
  });

  it('is still there after kill -9 of the service, and the next start takes over its server', async () => {
    const killed = await startService(dataDir);
    await keep(killed.url);
    const pid = await serverPid(killed.folder);
    await killed.kill();
    const server = await start();
    expect(server.url).toBe(killed.url);
    expect(await serverPid(server.folder)).toBe(pid);
    expect(await kept(server.url)).toEqual(theRow);
    await server.stop();
    expect(await isServed(server.folder)).toBe(false);
  });

  it('is still there after kill -9 of the server', async () => {
    const first = await start();
    await keep(first.url);
    process.kill(await serverPid(first.folder), 'SIGKILL');
    const second = await start();
    expect(await kept(second.url)).toEqual(theRow);
    await second.stop();
    await first.stop();
  });
});

describe('a leftover postmaster.pid', () => {
  it.each([
    ['a process that no longer exists', () => 4_194_303],
    ['an unrelated process', () => process.ppid],
  ])('does not block the start when it names %s', async (_, pid) => {
    const first = await start();
    const pidFile = join(first.folder, 'postmaster.pid');
    const text = await readFile(pidFile, 'utf8');
    await first.stop();
    await writeFile(pidFile, text.replace(/^\d+/, String(pid())));
    const second = await start();
    expect(await query(second.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await second.stop();
  });
});

describe('a start', () => {
  it("says what to do when the cluster's password is lost", async () => {
    const running = await start();
    const file = join(dataDir, 'postgres-password');
    const password = await readFile(file, 'utf8');
    await writeFile(file, 'another');
    await expect(start()).rejects.toThrow(/password in .*postgres-password.*remove .*to start with an empty/);
    await writeFile(file, password);
    await running.stop();
  });

  it('names the process, the file and the remedy when a server holds the folder and does not answer', async () => {
    const server = await start();
    const pid = await serverPid(server.folder);
    process.kill(pid, 'SIGSTOP');
    const cluster = clusterAt({ home: dataDir, binaries: binariesIn('') }, 'password', 'file');
    const message = await adopt(cluster, 0).catch(String);
    process.kill(pid, 'SIGCONT');
    expect(message).toContain(`Process ${pid} holds the database in ${server.folder}`);
    expect(message).toContain(join(server.folder, 'postmaster.pid'));
    expect(message).toContain(`kill ${pid}`);
    expect(message).toContain('database system is ready');
    await server.stop();
  });

  it('refuses settings with characters that a shell interprets', async () => {
    await expect(start({ work_mem: '$(id)' })).rejects.toThrow(/setting work_mem/);
  });

  it("reports PostgreSQL's own message when it does not start", async () => {
    await expect(start({ work_mem: 'plenty' })).rejects.toThrow(/did not start.*DATABASE_URL.*work_mem/s);
  });

  it('fails immediately, and names DATABASE_URL, on a platform without an embedded PostgreSQL', async () => {
    const { arch } = process;
    Object.defineProperty(process, 'arch', { value: 'abacus' });
    const failure = await start().catch(String);
    Object.defineProperty(process, 'arch', { value: arch });
    expect(failure).toMatch(/@embedded-postgres\/\w+-abacus is not installed.*DATABASE_URL/);
  });
});

describe('stop', () => {
  it('leaves the server to another service, and the last one stops it', async () => {
    const other = await startService(dataDir);
    const mine = await start();
    await mine.stop();
    expect(lines.at(-1)).toMatch(/left running/);
    expect(await query(other.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await other.stop();
    expect(await isServed(other.folder)).toBe(false);
  });

  it('leaves the server running for any client that is connected', async () => {
    const server = await start();
    const client = new Client({ connectionString: server.url });
    await client.connect();
    await server.stop();
    expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    await client.end();
  });

  it('can be called twice', async () => {
    const server = await start();
    await Promise.all([server.stop(), server.stop()]);
    expect(await isServed(server.folder)).toBe(false);
  });
});
