// `npm run check:package`: packs the package, checks it (its size, its links, publint, are-the-types-wrong), installs
// it into fresh hosts without force flags, compiles them, and sends each of them the same requests over HTTP.
// With `-- --hosts-only` it checks only the hosts that are to be repeated on other versions of Node, with `-- --host
// <name>` only that one.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { isBuilt } from './build-if-needed.js';
import { checkLinesWithOwnUsers } from './added-lines.js';
import { checkFirstRoute } from './check-first-route.js';
import { deadLinks } from './check-links.js';
import { blocksOf } from './guide-blocks.js';
import { installPackages } from './install-packages.js';
import { checkHosts } from './package-hosts/check-hosts.js';
import { query } from './package-hosts/running-host.js';

const MOST_BYTES = 600_000;

const { values } = parseArgs({ options: { 'hosts-only': { type: 'boolean' }, host: { type: 'string' } } });
const hostsOnly = values['hosts-only'] || values.host;
const root = join(import.meta.dirname, '..');
const work = mkdtempSync(join(tmpdir(), 'latchkey-package-'));
const run = (command, args, cwd) =>
  execFileSync(command, args, { cwd, stdio: ['ignore', 'inherit', 'inherit'] });
const bin = (name) => join(import.meta.dirname, 'node_modules/.bin', name);

// What is built is not built again.
const built = isBuilt(join(root, 'dist/commonjs/index.js')) ? ['--ignore-scripts'] : [];
const packed = execFileSync('npm', ['pack', '--json', '--pack-destination', work, ...built], { cwd: root });
const [{ filename, files, size }] = JSON.parse(packed);
const tarball = join(work, filename);
console.log(`${filename}: ${files.length} files, ${Math.round(size / 1000)} kB`);

const unwanted = files.filter(({ path }) =>
  /^(src|test|scripts|examples|bench\/(?!results\.svg$)|\.)|\.map$|\.env|\.spec\./.test(path),
);
if (unwanted.length > 0) throw new Error(`does not belong in the package: ${unwanted.map((f) => f.path)}`);
if (!hostsOnly) {
  installPackages('scripts');
  if (size >= MOST_BYTES) throw new Error(`the package takes ${size} bytes, ${MOST_BYTES} or more`);
  checkLinks();
  checkLinesWithOwnUsers();
  run(bin('publint'), ['run', tarball, '--strict'], root);
  run(bin('attw'), [tarball, '--no-emoji'], root);
}

const { startEmbeddedPostgres } = await import('../dist/embedded-postgres/embedded-postgres.js');
const dataDir = join(work, 'postgres');
const database = await startEmbeddedPostgres({ dataDir, log: () => undefined });
try {
  const only = ({ name, everywhere }) => (values.host ? name === values.host : everywhere || !hostsOnly);
  await checkHosts({ work, tarball, createDatabase, only });
  if (!hostsOnly) {
    checkTestRunners();
    checkOwnTests('jest-of-nest11', 'jest', []);
    checkOwnTests('vitest-of-nest12', 'vitest', ['run']);
    checkOldestPeers();
    await checkFirstRoute({ work, tarball, databaseUrl: await createDatabase('first_route') });
  }
} finally {
  await database.stop();
  rmSync(work, { recursive: true, force: true });
}

/** The links of the packed README and guides, as they are in the tarball. */
function checkLinks() {
  run('tar', ['-xzf', tarball, '-C', work], work);
  const read = (path) => readFileSync(join(work, 'package', path), 'utf8');
  const dead = deadLinks(
    files.map(({ path }) => path),
    read,
  );
  if (dead.length > 0) throw new Error(`broken links in the package:\n${dead.join('\n')}`);
}

/** A host's own tests, in the runners of the testing guide, configured as described there. */
function checkTestRunners() {
  const folder = join(work, 'runners');
  cpSync(join(root, 'test/package/runners'), folder, { recursive: true });
  const [jest, vitest] = blocksOf('docs/testing.md').filter(({ language }) => language === 'js');
  writeFileSync(join(folder, 'jest.config.js'), jest.code);
  writeFileSync(join(folder, 'vitest.config.js'), vitest.code);
  run('npm', ['install', '--silent', '--no-audit', '--no-fund', tarball], folder);
  run(join(folder, 'node_modules/.bin/jest'), ['jest.test.ts'], folder);
  run(join(folder, 'node_modules/.bin/vitest'), ['run', 'vitest.test.ts'], folder);
}

/** npm finds versions that go together, also for the oldest TypeORM: its optional peers exclude the redis we would like. */
function checkOldestPeers() {
  const folder = join(work, 'oldest-peers');
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true }));
  const nest = ['common', 'core', 'platform-express', 'typeorm'].map((name) => `@nestjs/${name}@11`);
  const others = ['typeorm@0.3.20', 'pg@8.11', 'reflect-metadata@0.2', 'rxjs@7.8'];
  run('npm', ['install', '--dry-run', '--silent', '--no-audit', tarball, ...nest, ...others], folder);
}

/** A guarded controller's spec, with the test runner and TypeScript configured as `nest new` writes it, and nothing added. */
function checkOwnTests(name, runner, args) {
  const folder = join(work, name);
  cpSync(join(root, 'test/package', name), folder, { recursive: true });
  run('npm', ['install', '--silent', '--no-audit', '--no-fund', tarball], folder);
  run(join(folder, 'node_modules/.bin', runner), args, folder);
}

async function createDatabase(name) {
  await query(database.url, `CREATE DATABASE ${name}`);
  return Object.assign(new URL(database.url), { pathname: name }).href;
}
