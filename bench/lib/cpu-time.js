// What Linux says about the processor time and the memory of processes.
import { readFileSync } from 'node:fs';

const TICKS_A_SECOND = 100;

/** Seconds of processor time that a process has used so far, with all its threads. */
export function cpuSeconds(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND;
}

/** What a process keeps in memory, now and at most. */
export function residentBytes(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const read = (name) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)[1]) * 1024;
  return { bytes: read('VmRSS'), peak: read('VmHWM') };
}
