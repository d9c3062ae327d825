// `node scripts/install-packages.js <folder> …`, also imported by other scripts. Some suites need packages that nobody
// else needs. These are in folders with a package.json and a lock file, and are installed when such a suite first runs.
import { execSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');

/** Installs what a folder's lock file names: once, and again whenever the lock file has changed. */
export function installPackages(folder) {
  const installed = join(root, folder, 'node_modules/.package-lock.json');
  const lock = join(root, folder, 'package-lock.json');
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return;
  console.error(`Installing the packages of ${folder}…`);
  const command = 'npm ci --no-audit --no-fund --ignore-scripts --loglevel=error';
  execSync(command, { cwd: join(root, folder), stdio: ['ignore', 2, 2] });
}

if (process.argv[1] === import.meta.filename) process.argv.slice(2).forEach(installPackages);
