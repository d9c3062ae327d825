// TypeORM's command line for the service's database: the one in DATABASE_URL, otherwise the embedded one in DATA_DIR.
import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import './typescript.js';

const root = join(import.meta.dirname, '..');
const { startEmbeddedPostgres } = await import('../src/embedded-postgres/embedded-postgres.ts');

const database = process.env.DATABASE_URL
  ? { url: process.env.DATABASE_URL, stop: async () => undefined }
  : await startEmbeddedPostgres({ dataDir: resolve(process.env.DATA_DIR || '.latchkey'), log: console.log });
try {
  const loader = join(root, 'scripts/typescript.js');
  const cli = join(root, 'node_modules/typeorm/cli.js');
  const { status } = spawnSync(
    process.execPath,
    ['--import', loader, cli, ...process.argv.slice(2), '-d', join(root, 'ormconfig.ts')],
    { stdio: 'inherit', env: { ...process.env, DATABASE_URL: database.url } },
  );
  process.exitCode = status ?? 1;
} finally {
  await database.stop();
}
