import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/**
 * One PostgreSQL server for the whole run, unless TEST_DATABASE_URL names one; the workers inherit that
 * variable. It starts while the service is being built: tests run the service and its command line as users
 * do, as processes of the build.
 */
export default async function globalSetup({ rootDir }) {
  await Promise.all([build(rootDir), process.env.TEST_DATABASE_URL || startPostgres(rootDir)]);
}

async function build(rootDir) {
  const building = spawn(process.execPath, [join(rootDir, 'scripts/build-if-needed.js')], {
    stdio: 'inherit',
  });
  const [code] = await once(building, 'close');
  if (code !== 0) throw new Error('The build failed: see above.');
}

/** A separate process holds the server and stops it even if Jest is killed. */
async function startPostgres(rootDir) {
  process.env.TEST_DATABASE_TEMPLATE = 'latchkey_template';
  const watchdog = spawn(process.execPath, [join(rootDir, 'test/support/postgres-watchdog.js')], {
    // Ctrl-C is meant for Jest; the watchdog has to live a little longer.
    detached: true,
    windowsHide: true,
    stdio: 'pipe',
  });
  process.env.TEST_DATABASE_URL = await firstLine(watchdog);
  globalThis.postgresWatchdog = watchdog;
}

function firstLine(watchdog) {
  return new Promise((resolve, reject) => {
    let complaint = '';
    watchdog.stderr.on('data', (chunk) => (complaint += chunk.toString()));
    watchdog.stdout.once('data', (line) => resolve(line.toString().trim()));
    watchdog.once('close', () =>
      reject(new Error(`The PostgreSQL of the tests did not start.\n${complaint}`)),
    );
  });
}
