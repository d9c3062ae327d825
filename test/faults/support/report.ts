import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The file with the counts of a run: written by the specs, printed when the run ends. */
export const REPORT = join(import.meta.dirname, '../../../reports/faults.json');

/** Adds to the counts of this run. */
export function count(what: string, by = 1): void {
  const counts = read();
  counts[what] = (counts[what] ?? 0) + by;
  mkdirSync(join(REPORT, '..'), { recursive: true });
  writeFileSync(REPORT, `${JSON.stringify(counts, null, 2)}\n`);
}

function read(): Record<string, number> {
  try {
    return JSON.parse(readFileSync(REPORT, 'utf8')) as Record<string, number>;
  } catch {
    return {};
  }
}
