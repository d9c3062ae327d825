// Covers docs/security.md, case 130.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');

/** As `npm pack` would put them into the package. */
function packedFiles(): string[] {
  const packed = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: ROOT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [{ files }] = JSON.parse(packed) as [{ files: { path: string }[] }];
  return files.map(({ path }) => path);
}

describe('the packed package', () => {
  it('holds what was built and its papers: no sources, tests, maps, settings or keys', () => {
    const files = packedFiles();
    expect(files).toContain('dist/index.js');
    const papers = ['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json'];
    const others = files.filter((file) => !/^dist\/[\w./-]+\.(js|d\.ts)$/.test(file));
    expect(others.toSorted()).toEqual(papers);
    expect(files.filter((file) => /(^|\/)\.|\.env|\.spec\.|\.(pem|key)$/.test(file))).toEqual([]);
    const secret = /-----BEGIN [A-Z ]*PRIVATE KEY-----\s+[\w+/]{20}/;
    expect(files.filter((file) => secret.test(readFileSync(join(ROOT, file), 'utf8')))).toEqual([]);
  });

  it('runs nothing when it is installed', () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    const hooks = ['preinstall', 'install', 'postinstall', 'prepublish', 'prepare'];
    expect(hooks.filter((hook) => hook in scripts)).toEqual([]);
  });

  it('is run from a lockfile that says what each dependency is', () => {
    const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, { integrity?: string; link?: boolean; dev?: boolean }>;
    };
    // What only builds and tests may be of another platform, which this one has not looked at.
    const unknown = Object.entries(packages)
      .filter(
        ([path, { integrity, link, dev }]) => path.includes('node_modules/') && !dev && !link && !integrity,
      )
      .map(([path]) => path);
    expect(unknown).toEqual([]);
  });
});
