// Covers docs/security.md, case 130.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deadLinks } from '../../scripts/check-links.js';

const ROOT = join(import.meta.dirname, '../..');

const MOST_BYTES = 400_000;

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

  it('is smaller than 400 kB', () => {
    expect(size).toBeLessThan(MOST_BYTES);
  });

  it('has no link or picture in its README and guides that points outside the package', () => {
    expect(deadLinks(files, (file) => readFileSync(join(ROOT, file), 'utf8'))).toEqual([]);
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
