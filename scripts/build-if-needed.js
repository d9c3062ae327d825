// `node scripts/build-if-needed.js`, and for other scripts to import.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const sources = ['src', 'package.json', 'tsconfig.json', 'tsconfig.build.json'].map((name) =>
  join(root, name),
);
const entry = join(root, 'dist/main.js');

const newest = (path) =>
  statSync(path).isDirectory()
    ? Math.max(...readdirSync(path).map((name) => newest(join(path, name))))
    : statSync(path).mtimeMs;

/** Whether dist has this file, and it is not older than the sources. */
export function isBuilt(file) {
  return existsSync(file) && Math.max(...sources.map(newest)) <= statSync(file).mtimeMs;
}

/** Builds what runs here if dist is missing or older than the sources; not what is packed. */
export function buildIfNeeded() {
  if (isBuilt(entry)) return;
  console.error('Building…');
  const { status } = spawnSync(process.execPath, ['scripts/nest.js', 'build'], {
    cwd: root,
    stdio: 'inherit',
  });
  if (status !== 0) process.exit(status ?? 1);
}

if (process.argv[1] === import.meta.filename) buildIfNeeded();
