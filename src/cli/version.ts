import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** In the root of the repository or of the installed package: `src/cli` and `dist/cli` are at the same depth. */
const MANIFEST = join(import.meta.dirname, '../../package.json');

/** The version of this package. */
export function packageVersion(): string {
  return (JSON.parse(readFileSync(MANIFEST, 'utf8')) as { version: string }).version;
}
