import { execFileSync, spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { join } from 'node:path';

declare global {
  var postgresWatchdog: ChildProcessWithoutNullStreams | undefined;
}

/**
 * One PostgreSQL server for the whole run, unless TEST_DATABASE_URL names one; the workers inherit that variable. Jest
 * cannot follow imports of other TypeScript files from here, so a script of its own starts the server.
 */
export default async function globalSetup({ rootDir }: { rootDir: string }): Promise<void> {
  // The service and its command line are run as users run them, as processes of what was built.
  execFileSync(process.execPath, [join(rootDir, 'scripts/build-if-needed.js')], { stdio: 'inherit' });
  if (process.env.TEST_DATABASE_URL) return;
  const watchdog = spawn(process.execPath, [join(rootDir, 'test/support/postgres-watchdog.js')], {
    // Ctrl-C is for Jest; the watchdog has to live a little longer.
    detached: true,
    windowsHide: true,
    stdio: 'pipe',
  });
  process.env.TEST_DATABASE_URL = await firstLine(watchdog);
  globalThis.postgresWatchdog = watchdog;
}

function firstLine(watchdog: ChildProcessWithoutNullStreams): Promise<string> {
  return new Promise((resolve, reject) => {
    let complaint = '';
    watchdog.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
    watchdog.stdout.once('data', (line: Buffer) => resolve(line.toString().trim()));
    watchdog.once('close', () =>
      reject(new Error(`The PostgreSQL of the tests did not start.\n${complaint}`)),
    );
  });
}
