import { rmSync } from 'node:fs';
import { join } from 'node:path';

export default function begin({ rootDir }) {
  rmSync(join(rootDir, 'reports/faults.json'), { force: true });
}
