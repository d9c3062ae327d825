// Which core measures and which is measured. With `taskset` (Linux), the contender has a core to itself.
import { spawnSync } from 'node:child_process';
import { cpus } from 'node:os';

const last = cpus().length - 1;
const probe = last > 0 ? spawnSync('taskset', ['-c', '0', 'true']) : { status: 1 };

/** Whether processes can be bound to a core here. */
export const pinned = probe.status === 0;

/** The command that runs Node on the contenders' core. */
export const onContenderCore = pinned
  ? ['taskset', '-c', String(last), process.execPath]
  : [process.execPath];

/** The command that runs Node on every core, as services are started: its compiler and garbage collector have threads. */
export const onAllCores = pinned ? ['taskset', '-c', `0-${last}`, process.execPath] : [process.execPath];

/** Moves this process, the database it starts and the load to the other cores. */
export function leaveContenderCore() {
  if (pinned)
    spawnSync('taskset', ['-a', '-p', '-c', last === 1 ? '0' : `0-${last - 1}`, String(process.pid)]);
}

export const machine = () =>
  `${cpus().length} x ${cpus()[0].model.trim()}, Node ${process.versions.node}, ` +
  (pinned ? 'contender on a separate core, load and database on the rest' : 'no core pinned');
