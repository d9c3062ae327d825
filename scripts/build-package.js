// `node scripts/build-package.js`, the second half of `npm run build`: makes what the npm package holds from `dist`.
//
// dist/commonjs  the library, the command line and the test kit, file by file as CommonJS
// dist/esm       the same names for `import`. They come from the CommonJS files, so that a process that uses both `import`
//                and `require` has one copy of each class. The parts for browsers and Next.js are real ES modules.
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { build } from 'esbuild';

const require = createRequire(import.meta.url);
const dist = join(import.meta.dirname, '../dist');
const commonjs = join(dist, 'commonjs');
const esm = join(dist, 'esm');

/** Dependencies that are ES modules only. Jest in a CommonJS app cannot load them, so the CommonJS files bring them along. */
const VENDORED = ['@nestjs/jwt', '@nestjs/passport', 'jose'];
/** What one process should have only once. */
const SHARED = ['index', 'testing/index'];
const ENTRIES = Object.values(require('../package.json').exports).flatMap((target) =>
  target.import ? target.import.default.replace(/^\.\/dist\/esm\/|\.js$/g, '') : [],
);
const NOT_PACKED = /^(main\.|service\/|commonjs\/|esm\/)/;

const NODE = { platform: 'node', target: 'node20.19', logLevel: 'warning', charset: 'utf8' };

rmSync(commonjs, { recursive: true, force: true });
rmSync(esm, { recursive: true, force: true });

const built = readdirSync(dist, { recursive: true }).filter((path) => !NOT_PACKED.test(path));
const declarations = declarationsOf(ENTRIES.map((entry) => `${entry}.d.ts`));

await vendor();
await build({
  ...NODE,
  entryPoints: built.filter((path) => path.endsWith('.js')).map((path) => join(dist, path)),
  outbase: dist,
  outdir: commonjs,
  format: 'cjs',
  bundle: true,
  define: { 'import.meta.dirname': '__dirname' },
  // Jest has no `import()` in CommonJS.
  supported: { 'dynamic-import': false },
  plugins: [{ name: 'file by file', setup: keepFiles }],
});
await build({
  ...NODE,
  platform: 'neutral',
  entryPoints: ENTRIES.filter((entry) => !SHARED.includes(entry)).map((entry) => join(dist, `${entry}.js`)),
  outbase: dist,
  outdir: esm,
  format: 'esm',
  bundle: true,
  splitting: true,
  packages: 'external',
  chunkNames: 'shared/[hash]',
});
write(join(commonjs, 'package.json'), JSON.stringify({ type: 'commonjs' }));
for (const path of declarations) copy(join(dist, path), join(commonjs, path));
for (const entry of ENTRIES) write(join(esm, `${entry}.d.ts`), `export * from '${fileOf(entry)}';\n`);
for (const entry of SHARED) write(join(esm, `${entry}.js`), namesOf(entry));
chmodSync(join(commonjs, 'cli/main.js'), 0o755);

/** Leaves each file a file: only the packages of `VENDORED` get another address. */
function keepFiles({ onLoad, onResolve }) {
  // CommonJS has a `require` already. Bundlers follow that one only.
  onLoad({ filter: /\.js$/ }, ({ path }) => ({
    contents: readFileSync(path, 'utf8').replaceAll(/^.*\bcreateRequire\b.*\n/gm, ''),
  }));
  onResolve({ filter: /./ }, ({ kind, path, importer }) => {
    if (kind === 'entry-point') return undefined;
    if (!VENDORED.includes(path)) return { path, external: true };
    const from = join(commonjs, relative(dist, dirname(importer)));
    const to = relative(from, vendored(path));
    return { path: to.startsWith('.') ? to : `./${to}`, external: true };
  });
}

async function vendor() {
  for (const name of VENDORED)
    await build({
      ...NODE,
      stdin: {
        contents: `export { ${usedOf(name).join(', ')} } from '${name}';`,
        resolveDir: import.meta.dirname,
      },
      outfile: vendored(name),
      format: 'cjs',
      bundle: true,
      // For Node, the default export of a CommonJS file is all of it.
      footer: usedOf(name).includes('default') ? { js: 'module.exports = module.exports.default;' } : {},
      plugins: [{ name: 'only this package', setup: (plugin) => onlyPackage(plugin, name) }],
    });
  const notices = VENDORED.map((name) => `${name}\n\n${licenseOf(name)}`);
  write(join(commonjs, 'vendor/LICENSES.txt'), notices.join('\n\n----\n\n'));
}

/** The names that the built files import from a package. */
function usedOf(name) {
  const texts = built
    .filter((path) => path.endsWith('.js'))
    .map((path) => readFileSync(join(dist, path), 'utf8'));
  const lists = texts.flatMap((text) => [
    ...text.matchAll(/import (\w+,? ?)?(?:\{([^}]*)\} )?from '([^']+)';/g),
  ]);
  return [
    ...new Set(
      lists
        .filter(([, , , from]) => from === name)
        .flatMap(([, byDefault, names = '']) => [byDefault && 'default', ...names.split(',')])
        .map((part) => part?.trim().replace(/ as .*/, ''))
        .filter(Boolean),
    ),
  ];
}

/** What the package imports from others remains an import, as its dependencies are ours, too. */
function onlyPackage({ onResolve }, name) {
  onResolve({ filter: /^[^.]/ }, ({ path }) =>
    path === name || path.startsWith('/') ? undefined : { path, external: true },
  );
}

function vendored(name) {
  return join(commonjs, 'vendor', `${name.replace(/^@/, '').replace('/', '-')}.js`);
}

function licenseOf(name) {
  const folder = join(import.meta.dirname, '../node_modules', name);
  const file = readdirSync(folder).find((entry) => /^licen[sc]e/i.test(entry));
  return readFileSync(join(folder, file), 'utf8').trim();
}

/** These declarations and those that they import, from each other. */
function declarationsOf(paths, found = new Set()) {
  for (const path of paths) {
    if (found.has(path)) continue;
    found.add(path);
    const text = readFileSync(join(dist, path), 'utf8');
    const imported = [...text.matchAll(/(?:from |import\()['"](\.[^'"]+)\.js['"]/g)];
    declarationsOf(
      imported.map(([, to]) => join(dirname(path), `${to}.d.ts`)),
      found,
    );
  }
  return found;
}

function namesOf(entry) {
  const names = Object.keys(require(join(commonjs, `${entry}.js`))).toSorted();
  return `import all from '${fileOf(entry)}';\nexport const {\n${names.map((name) => `  ${name},\n`).join('')}} = all;\n`;
}

/** Where an ES module finds its CommonJS sibling. */
function fileOf(entry) {
  return relative(dirname(join(esm, entry)), join(commonjs, `${entry}.js`)).replaceAll('\\', '/');
}

function write(file, text) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

function copy(from, to) {
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(from, to);
}
