// Covers docs/security.md, case 130.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire, isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { deadLinks } from '../../scripts/check-links.js';
import { declaredValues } from '../support/declared-values.js';

const ROOT = join(import.meta.dirname, '../..');

const BUILT = join(ROOT, 'dist/commonjs');

const MOST_BYTES = 600_000;

interface Packed {
  size: number;
  files: { path: string }[];
}

/** What `npm pack` would put into the package, based on the current build, of which `npm start` makes only what it runs. */
function pack(): { size: number; files: string[] } {
  execFileSync(process.execPath, ['scripts/build-package.js'], { cwd: ROOT });
  const packed = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: ROOT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [{ size, files }] = JSON.parse(packed) as [Packed];
  return { size, files: files.map(({ path }) => path) };
}

/** Without the one for React, which is not installed here. */
const ENTRIES = ['index', 'testing/index', 'client/latchkey-client', 'client/account', 'next/latchkey-next'];

const require = createRequire(import.meta.url);

const exportedBy = (entry: string) => Object.keys(require(join(BUILT, `${entry}.js`)) as object).toSorted();

describe('the packed package', () => {
  const { size, files } = pack();

  it('contains the build, its documents and its guides: no sources, tests, maps, settings or keys', () => {
    expect(files).toEqual(expect.arrayContaining(['dist/commonjs/index.js', 'dist/esm/index.js']));
    const papers = ['CHANGELOG.md', 'CONTRIBUTING.md', 'LICENSE', 'README.md', 'SECURITY.md', 'package.json'];
    const isGuide = (file: string) =>
      /^docs\/[\w-]+\.md$|^docs\/images\/[\w-]+\.png$/.test(file) || file === 'bench/results.svg';
    const isBuilt = (file: string) =>
      /^dist\/(commonjs|esm)\/[\w./-]+\.(js|d\.ts)$/.test(file) ||
      /^dist\/commonjs\/(package\.json|vendor\/LICENSES\.txt)$/.test(file);
    const others = files.filter((file) => !isBuilt(file) && !isGuide(file));
    expect(others.toSorted()).toEqual(papers);
    expect(files.filter((file) => /(^|\/)\.|\.env|\.spec\.|\.(pem|key)$/.test(file))).toEqual([]);
    const secret = /-----BEGIN [A-Z ]*PRIVATE KEY-----\s+[\w+/]{20}/;
    expect(files.filter((file) => secret.test(readFileSync(join(ROOT, file), 'utf8')))).toEqual([]);
  });

  it('is smaller than 600 kB', () => {
    expect(size).toBeLessThan(MOST_BYTES);
  });

  it('has no link or picture in its README and guides that points outside the package', () => {
    expect(deadLinks(files, (file) => readFileSync(join(ROOT, file), 'utf8'))).toEqual([]);
  });

  it.each(ENTRIES)('declares exactly the values that %s exports', (entry) => {
    expect(declaredValues(join(BUILT, `${entry}.d.ts`))).toEqual(exportedBy(entry));
  });

  it.each(ENTRIES)('has names of %s that Node.js finds for an import of its CommonJS file', (entry) => {
    const code = `console.log(Object.keys(await import(${JSON.stringify(pathToFileURL(join(BUILT, `${entry}.js`)))})).join())`;
    const found = execFileSync(process.execPath, ['--input-type=module', '--eval', code], {
      encoding: 'utf8',
    });
    expect(found.trim().split(',')).toEqual(expect.arrayContaining(exportedBy(entry)));
  });

  it('is written in ASCII: one other character would make Node.js keep two bytes for each of a file', () => {
    const scripts = files.filter((file) => file.startsWith('dist/commonjs/') && file.endsWith('.js'));
    expect(scripts.length).toBeGreaterThan(5);
    const isOther = (file: string) => readFileSync(join(ROOT, file)).some((byte) => byte > 127);
    expect(scripts.filter(isOther)).toEqual([]);
  });

  it('does not load what a start does not need', () => {
    const code = `require(${JSON.stringify(join(BUILT, 'index.js'))});
      const names = Object.keys(require.cache).map((path) => /.*node_modules.((?:@[^/]+.)?[^/]+)/.exec(path)?.[1]);
      console.log([...new Set(names)].join());`;
    const loaded = execFileSync(process.execPath, ['--eval', code], { cwd: ROOT, encoding: 'utf8' });
    const names = loaded.trim().split(',');
    expect(names).toContain('passport-jwt');
    const later =
      /^(pg|redis|rate-limiter-flexible|nodemailer|class-validator|bowser|uqr)$|^@(simplewebauthn|zxcvbn-ts)/;
    expect(names.filter((name) => later.test(name))).toEqual([]);
  });

  it('keeps the names of classes', () => {
    const all = Object.entries(require(join(BUILT, 'index.js')) as Record<string, unknown>);
    const names = all.flatMap(([, value]) => (typeof value === 'function' ? [value.name] : []));
    expect(names.filter((name) => /^_|\d$/.test(name))).toEqual([]);
  });

  it('needs DATABASE_URL on the command line, and says so, because it contains no PostgreSQL server', () => {
    const cli = join(ROOT, 'dist/commonjs/cli/main.js');
    const env = {
      PATH: process.env.PATH,
      NODE_ENV: 'development',
      DATA_DIR: mkdtempSync(join(tmpdir(), 'packed-')),
    };
    const { status, stderr } = spawnSync(process.execPath, [cli, 'migrate'], { env, encoding: 'utf8' });
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: expect.stringMatching(/contains no embedded PostgreSQL\. Set DATABASE_URL/),
    });
    const doctor = spawnSync(process.execPath, [cli, 'doctor', '--json'], { env, encoding: 'utf8' });
    const { findings } = JSON.parse(doctor.stdout) as { findings: { check: string; message: string }[] };
    expect(findings).toContainEqual(
      expect.objectContaining({ check: 'database', message: expect.stringContaining('Set DATABASE_URL') }),
    );
    rmSync(env.DATA_DIR, { recursive: true });
  });

  it('runs no script on installation', () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    const hooks = ['preinstall', 'install', 'postinstall', 'prepublish', 'prepare'];
    expect(hooks.filter((hook) => hook in scripts)).toEqual([]);
  });

  it('is built before it is packed, so that no stale build is published', () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    expect(scripts).toMatchObject({
      prepack: 'npm run build',
      build: expect.stringContaining('build-package.js'),
    });
  });

  it('is built with a lockfile that has an integrity hash for each dependency', () => {
    const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, { integrity?: string; link?: boolean; dev?: boolean }>;
    };
    // Packages that only build or test may be for another platform, which this one has not checked.
    const unknown = Object.entries(packages)
      .filter(
        ([path, { integrity, link, dev }]) => path.includes('node_modules/') && !dev && !link && !integrity,
      )
      .map(([path]) => path);
    expect(unknown).toEqual([]);
  });
});

describe('the built service', () => {
  const folder = join(ROOT, 'dist/bundle');
  const texts = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
  const all = texts.join('\n');

  it('brings its packages along, so that a start reads a few files instead of some 1800', () => {
    const imports = [...all.matchAll(/(?:^|;)import[^"';()]*"([^".][^"]*)"/gm)].map(([, from]) => from!);

    expect(imports).toContain('crypto');
    expect(new Set(imports.filter((from) => !isBuiltin(from)))).toEqual(new Set(['bcrypt']));
    expect(texts.length).toBeLessThan(60);
  });

  it('has every class of its packages once', () => {
    const once = /\b(NestApplication|ModuleRef|Reflector|HttpException|PostgresDriver)\d*=class\b/g;

    expect([...all.matchAll(once)].map(([, name]) => name).toSorted()).toEqual([
      'HttpException',
      'ModuleRef',
      'NestApplication',
      'PostgresDriver',
      'Reflector',
    ]);
  });

  it('leaves to Node.js what it loads later, because that finds the names in CommonJS packages', () => {
    const later = new Set([...all.matchAll(/\bimport\("([^."][^"]*)"\)/g)].map(([, name]) => name!));

    for (const name of [
      'redis',
      'nodemailer',
      'rate-limiter-flexible',
      '@simplewebauthn/server',
      '@fastify/cors',
    ])
      expect(later).toContain(name);
    // The service has it from the start, and a second copy would have other classes.
    expect(later).not.toContain('@nestjs/event-emitter');
  });

  it('has no drivers for other databases', () => {
    expect(all).toContain('exports.MysqlDriver=class MysqlDriver{}');
  });
});
