import { execFileSync, spawn } from 'node:child_process';
import { join } from 'node:path';

/**
 * One PostgreSQL server for the whole run, unless TEST_DATABASE_URL names one; the workers inherit that variable. A
 * process of its own keeps the server, and ends it also when Jest is killed.
 */
export default async function globalSetup({ rootDir }) {
  // The service and its command line are run as users run them, as processes of what was built.
  execFileSync(process.execPath, [join(rootDir, 'scripts/build-if-needed.js')], { stdio: 'inherit' });
  if (process.env.TEST_DATABASE_URL) return;
  process.env.TEST_DATABASE_TEMPLATE = 'latchkey_template';
  const watchdog = spawn(process.execPath, [join(rootDir, 'test/support/postgres-watchdog.js')], {
    // Ctrl-C is for Jest; the watchdog has to live a little longer.
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
