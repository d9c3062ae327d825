// One PostgreSQL for a run: the product's embedded one, with PostgreSQL's defaults except for the buffers, which
// BENCH_SHARED_BUFFERS may set (such as 8GB), in a folder that is removed afterwards.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { settings } from './settings.js';

export async function startDatabase() {
  const { startEmbeddedPostgres } = await import('../../dist/embedded-postgres/embedded-postgres.js');
  const dataDir = mkdtempSync(join(tmpdir(), 'latchkey-bench-'));
  const server = await startEmbeddedPostgres({
    dataDir,
    log: () => undefined,
    settings: {
      max_connections: '200',
      max_wal_size: '4GB',
      shared_buffers: settings.sharedBuffers,
    },
  });
  let count = 0;
  return {
    /** The id of the server's first process. */
    pid: Number(readFileSync(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n', 1)[0]),
    /** The URL of a new, empty database. */
    async create() {
      const name = `bench_${++count}`;
      await withClient(server.url, (client) => client.query(`CREATE DATABASE ${name}`));
      return new URL(`/${name}`, server.url).href.replace(/^postgres:\/+/, 'postgres://');
    },
    async stop() {
      await server.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

export async function withClient(url, work) {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
