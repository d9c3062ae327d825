import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Prints the counts of the run. */
export default function end({ rootDir }) {
  const report = join(rootDir, 'reports/faults.json');
  if (!existsSync(report)) return;
  const counts = Object.entries(JSON.parse(readFileSync(report, 'utf8')));
  console.log(`\nFaults: ${counts.map(([what, number]) => `${what}: ${number}`).join(', ')}\n(${report})`);
}
