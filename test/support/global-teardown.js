import { once } from 'node:events';

/** Closes the pipe, and waits until the watchdog has stopped the server and removed its files. */
export default async function globalTeardown() {
  const watchdog = globalThis.postgresWatchdog;
  if (!watchdog) return;
  delete process.env.TEST_DATABASE_URL;
  delete process.env.TEST_DATABASE_TEMPLATE;
  globalThis.postgresWatchdog = undefined;
  if (watchdog.exitCode !== null) return;
  watchdog.stdin.end();
  await once(watchdog, 'close');
}
