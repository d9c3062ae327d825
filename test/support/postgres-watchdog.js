// Runs the PostgreSQL of one test run in a separate process, and prints its URL. Whatever happens to Jest, even
// `kill -9`, the end of the pipe on stdin tells this process to stop the server and remove its files. With the
// path of a folder as argument, it starts nothing and only removes the servers that others started in that folder.
import '../../scripts/typescript.js';

import { once } from 'node:events';
import { chmod, mkdtemp, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Client } from 'pg';

import { removeServers } from './remove-servers.js';

const { startEmbeddedPostgres } = await import('../../src/embedded-postgres/embedded-postgres.ts');

/** Nothing in it needs to survive a crash of the machine. */
const settings = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  max_connections: '300',
  max_wal_size: '256MB',
  // It would maintain databases that live only for seconds.
  autovacuum: 'off',
};

const ENOUGH_BYTES = 2 ** 30;

/** In memory if there is enough: a database is 300 files, and creating them on disk is half of the work. */
async function makeFolder() {
  const name = 'latchkey-test-';
  const memory = '/dev/shm';
  const { bavail, bsize } = await statfs(memory).catch(() => ({ bavail: 0, bsize: 0 }));
  const inMemory =
    bavail * bsize >= ENOUGH_BYTES && (await mkdtemp(join(memory, name)).catch(() => undefined));
  return inMemory || mkdtemp(join(tmpdir(), name));
}

async function start(folder) {
  // Root runs the server as another user, who needs access to the path.
  await chmod(folder, 0o755);
  const dataDir = join(folder, 'data');
  const { url } = await startEmbeddedPostgres({ dataDir, settings, log: () => undefined });
  await makeTemplate(url);
  process.stdout.write(`${url}\n`);
}

/** A database with the schema, used as the template for those of the tests. */
async function makeTemplate(url) {
  const name = process.env.TEST_DATABASE_TEMPLATE;
  const { migrate } = await import('../../src/settings/database.ts');
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(`CREATE DATABASE ${name}`);
  await client.end();
  await migrate(Object.assign(new URL(url), { pathname: name }).href);
}

// Jest may have given up in the meantime: then nobody reads the URL, and the server must still be stopped.
process.stdout.on('error', () => undefined);

const [, , guarded] = process.argv;
const folder = guarded ?? (await makeFolder());
try {
  if (!guarded) await start(folder);
  await once(process.stdin.resume(), 'end');
} finally {
  await removeServers(folder);
}
