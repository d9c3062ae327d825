import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';

/** A process, for others that see the same process ids. */
export interface ProcessIdentity {
  /** Stands for this start of the machine and this space of process ids: containers of a machine differ. */
  space: string;
  pid: number;
}

function processIdentity(): ProcessIdentity | undefined {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const space = createHash('sha256').update(`${boot} ${readlinkSync('/proc/self/ns/pid')}`);
    return { space: space.digest('hex').slice(0, 16), pid: process.pid };
  } catch {
    return undefined;
  }
}

/** `undefined` where process ids have no such space, which is everywhere but on Linux. */
export const OWN_PROCESS = processIdentity();

/** Whether another process has certainly ended, so that nobody has to wait until it counts as stopped. */
export function hasEnded(other: ProcessIdentity | undefined, own: ProcessIdentity | undefined): boolean {
  if (!other || !own || other.space !== own.space) return false;
  try {
    process.kill(other.pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

/** Parses what another instance has written; `undefined` for anything else. */
export function parseIdentity(given: unknown): ProcessIdentity | undefined {
  const { space, pid } = Object(given) as Partial<ProcessIdentity>;
  return typeof space === 'string' && Number.isSafeInteger(pid) && pid! > 0
    ? { space, pid: pid! }
    : undefined;
}
