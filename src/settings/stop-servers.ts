import { readFileSync } from 'node:fs';
import { holdsServers, stopHeldServers } from '../embedded-postgres/held-servers.js';

/** A server that hangs must not keep a process from exiting. */
const LIMIT_MS = 15_000;

let stopping = false;

/**
 * Exits with this code. An embedded PostgreSQL that this process started would outlive it, so that is stopped first,
 * unless other processes use it.
 */
export function exitWithoutServers(code: number): void {
  // Whoever began to stop the servers also exits.
  if (stopping) return;
  const exit = () => process.exit(code);
  if (!holdsServers()) return exit();
  stopping = true;
  setTimeout(exit, LIMIT_MS);
  void stopHeldServers().then(exit);
}

/**
 * The signals that ask a process to stop. SIGHUP (its terminal was closed) is among them unless it is ignored on
 * purpose, as `nohup` does: a handler would undo that.
 */
export function stopSignals(): NodeJS.Signals[] {
  return ignoresHangup() ? ['SIGTERM', 'SIGINT'] : ['SIGTERM', 'SIGINT', 'SIGHUP'];
}

/** Linux says so; elsewhere, `nohup` redirects what would go to a terminal. */
function ignoresHangup(): boolean {
  try {
    const [, mask] = /^SigIgn:\s*([\da-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))!;
    return (BigInt(`0x${mask}`) & 1n) === 1n;
  } catch {
    return !process.stdout.isTTY;
  }
}
