// An earlier commit, built beside this one, to be compared with.
import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const here = join(import.meta.dirname, '../..');
const git = (...words) => execFileSync('git', words, { cwd: here, stdio: ['ignore', 'ignore', 'inherit'] });

/**
 * Checks out a commit in a folder of its own, with its own packages, and builds it. Takes a minute or two. The folder goes
 * when this process ends.
 */
export function buildOf(commit) {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-against-'));
  git('worktree', 'add', '--detach', '--quiet', folder, commit);
  process.once('exit', () => git('worktree', 'remove', '--force', folder));
  console.error(`Building ${commit}…`);
  const run = (command, ...words) =>
    execFileSync(command, words, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
  run('npm', 'ci', '--silent');
  run(process.execPath, 'scripts/install-packages.js', 'bench');
  run(process.execPath, 'scripts/nest.js', 'build');
  return folder;
}
