// `npm run check:package`: packs the package, checks it (its size, its links, publint, are-the-types-wrong), installs
// it into fresh hosts without force flags, compiles them, and sends each of them the same requests over HTTP.
// With `-- --hosts-only` it checks only the hosts, which can thus be repeated on other versions of Node.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Client } from 'pg';
import { assertAuthenticates } from '../test/package/assertions.js';
import { checkFirstRoute } from './check-first-route.js';
import { deadLinks } from './check-links.js';
import { blocksOf } from './guide-blocks.js';
import { installPackages } from './install-packages.js';

const MOST_BYTES = 400_000;

const { values } = parseArgs({ options: { 'hosts-only': { type: 'boolean', default: false } } });
const hostsOnly = values['hosts-only'];
const root = join(import.meta.dirname, '..');
const work = mkdtempSync(join(tmpdir(), 'latchkey-package-'));
const run = (command, args, cwd) =>
  execFileSync(command, args, { cwd, stdio: ['ignore', 'inherit', 'inherit'] });
const bin = (name) => join(import.meta.dirname, 'node_modules/.bin', name);

const packed = execFileSync('npm', ['pack', '--json', '--pack-destination', work], { cwd: root });
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
  run(bin('publint'), ['run', tarball, '--strict'], root);
  run(bin('attw'), [tarball, '--no-emoji'], root);
}

const { startEmbeddedPostgres } = await import('../dist/embedded-postgres/embedded-postgres.js');
const dataDir = join(work, 'postgres');
const database = await startEmbeddedPostgres({ dataDir, log: () => undefined });
try {
  for (const name of readdirSync(join(root, 'test/package/hosts'))) {
    for (const ownUsers of name === 'nest12-express' ? [false, true] : [false]) await check(name, ownUsers);
  }
  if (!hostsOnly) {
    checkTestRunners();
    checkJestOfNest11();
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

async function check(name, ownUsers) {
  const folder = join(work, name);
  if (!ownUsers) install(name, folder);
  const url = await createDatabase(`${name}${ownUsers ? '-own' : ''}`.replaceAll('-', '_'));
  const host = await start(folder, url, ownUsers);
  try {
    await assertAuthenticates(host.url, { ownUsers, makeAdmin: (email) => makeAdmin(url, email) });
  } finally {
    host.process.kill();
  }
  console.log(
    `${name}${ownUsers ? ', with its own user store' : ''}: installed, compiled, runs on ${process.version}`,
  );
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

/** Jest and TypeScript configured as `nest new` of Nest 11 writes it, with nothing added. */
function checkJestOfNest11() {
  const folder = join(work, 'jest-of-nest11');
  cpSync(join(root, 'test/package/jest-of-nest11'), folder, { recursive: true });
  run('npm', ['install', '--silent', '--no-audit', '--no-fund', tarball], folder);
  run(join(folder, 'node_modules/.bin/jest'), [], folder);
}

function install(name, folder) {
  mkdirSync(folder);
  cpSync(join(root, 'test/package/hosts', name), folder, { recursive: true });
  cpSync(join(root, 'test/package/app.ts'), join(folder, 'app.ts'));
  run('npm', ['install', '--silent', '--no-audit', '--no-fund', tarball], folder);
  const tsc = join(folder, 'node_modules/.bin/tsc');
  run(tsc, ['-p', folder], folder);
  assertTypesAreWhole(tsc, folder);
}

/** Hosts may also type-check our declarations; errors in those of other packages are not ours. */
function assertTypesAreWhole(tsc, folder) {
  const args = ['-p', folder, '--noEmit', '--skipLibCheck', 'false'];
  const { stdout } = spawnSync(tsc, args, { cwd: folder, encoding: 'utf8' });
  const ours = stdout.split('\n').filter((line) => line.includes('node_modules/latchkey/'));
  if (ours.length > 0) throw new Error(`declarations that a host cannot check:\n${ours.join('\n')}`);
}

async function createDatabase(name) {
  const client = new Client(database.url);
  await client.connect();
  await client.query(`CREATE DATABASE ${name}`);
  await client.end();
  return Object.assign(new URL(database.url), { pathname: name }).href;
}

async function makeAdmin(url, email) {
  const client = new Client(url);
  await client.connect();
  await client.query(`UPDATE users SET roles = '{admin}' WHERE email = $1`, [email]);
  await client.end();
}

function start(folder, databaseUrl, ownUsers) {
  const secret = () => randomBytes(48).toString('base64url');
  const child = spawn(process.execPath, ['dist/main.js'], {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      DATABASE_URL: databaseUrl,
      JWT_ACCESS_SECRET: secret(),
      JWT_REFRESH_SECRET: secret(),
      OWN_USERS: ownUsers ? 'yes' : 'no',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return new Promise((resolve, reject) => {
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
      const [, url] = /listens on (\S+)/.exec(output) ?? [];
      if (url) resolve({ url, process: child });
    });
    child.once('exit', (code) => reject(new Error(`the host ended with code ${code}\n${output}`)));
  });
}
