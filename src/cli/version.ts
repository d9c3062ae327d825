import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Both `src/cli` and `dist/cli` are two levels below it, in the repository and in an installed package. */
const MANIFEST = join(import.meta.dirname, '../../package.json');

/** The version of this package. */
export function packageVersion(): string {
  return (JSON.parse(readFileSync(MANIFEST, 'utf8')) as { version: string }).version;
}
