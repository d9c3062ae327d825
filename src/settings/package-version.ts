import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The version of this package. */
export function packageVersion(): string {
  return versionAbove(import.meta.dirname);
}

/** The nearest manifest with a version. How deep this file is below it depends on the build. */
function versionAbove(folder: string): string {
  const file = join(folder, 'package.json');
  const { version } = existsSync(file)
    ? (JSON.parse(readFileSync(file, 'utf8')) as { version?: string })
    : {};
  return version ?? versionAbove(dirname(folder));
}
