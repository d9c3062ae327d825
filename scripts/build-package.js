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
import ts from 'typescript';

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
const AS_COMMONJS = {
  module: ts.ModuleKind.CommonJS,
  target: ts.ScriptTarget.ES2023,
  esModuleInterop: true,
  removeComments: true, // the declarations have them
};

rmSync(commonjs, { recursive: true, force: true });
rmSync(esm, { recursive: true, force: true });
const modules = new Map(
  readdirSync(dist, { recursive: true })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.js') && !NOT_PACKED.test(path))
    .map((path) => [path, readFileSync(join(dist, path), 'utf8')]),
);

write(join(commonjs, 'package.json'), JSON.stringify({ type: 'commonjs' }));
for (const [path, text] of modules) write(join(commonjs, path), toCommonJs(path, text));
for (const path of declarationsOf(ENTRIES.map((entry) => `${entry}.d.ts`)))
  copyFileSync(join(dist, path), made(join(commonjs, path)));
await vendor();
chmodSync(join(commonjs, 'cli/main.js'), 0o755);

await bundleForBrowsers(ENTRIES.filter((entry) => !SHARED.includes(entry)));
for (const entry of SHARED) write(join(esm, `${entry}.js`), namesOf(entry));
for (const entry of ENTRIES) write(join(esm, `${entry}.d.ts`), `export * from '${commonJsOf(entry)}';\n`);

function toCommonJs(path, text) {
  const source = text
    .replaceAll('import.meta.dirname', '__dirname')
    // CommonJS has a `require` already. Bundlers follow that one only.
    .replaceAll(/^.*\bcreateRequire\b.*\n/gm, '')
    .replaceAll(/ from '([^.'][^']*)';/g, (clause, name) =>
      VENDORED.includes(name) ? ` from '${relativePath(dirname(path), vendored(name))}';` : clause,
    );
  if (source.includes('import.meta')) throw new Error(`${path}: CommonJS has no import.meta`);
  return ts.transpileModule(source, { compilerOptions: AS_COMMONJS, fileName: path }).outputText;
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

/** Only what is used of these packages. What they import from others stays an import: those are our dependencies, too. */
async function vendor() {
  for (const name of VENDORED)
    await build({
      stdin: {
        contents: `export { ${importedFrom(name).join(', ')} } from '${name}';`,
        resolveDir: import.meta.dirname,
      },
      outfile: join(commonjs, vendored(name)),
      platform: 'node',
      target: 'node20.19',
      format: 'cjs',
      bundle: true,
      minify: true,
      keepNames: true,
      logLevel: 'warning',
      plugins: [{ name: 'only this package', setup: (plugin) => onlyPackage(plugin, name) }],
    });
  const notices = VENDORED.map((name) => `${name}\n\n${licenseOf(name)}`);
  write(join(commonjs, 'vendor/LICENSES.txt'), notices.join('\n\n----\n\n'));
}

function onlyPackage({ onResolve }, name) {
  onResolve({ filter: /^[^.]/ }, ({ path }) =>
    path === name || path.startsWith('/') ? undefined : { path, external: true },
  );
}

/** The names that the modules import from a package. */
function importedFrom(name) {
  const clause = new RegExp(`import \\{([^}]*)\\} from '${name}';`, 'g');
  const lists = [...modules.values()].flatMap((text) => [...text.matchAll(clause)]);
  const names = lists.flatMap(([, list]) => list.split(',').map((part) => part.trim().split(' as ')[0]));
  return [...new Set(names)].filter(Boolean);
}

function vendored(name) {
  return `vendor/${name.replace(/^@/, '').replace('/', '-')}.js`;
}

function licenseOf(name) {
  const folder = join(import.meta.dirname, '../node_modules', name);
  const file = readdirSync(folder).find((entry) => /^licen[sc]e/i.test(entry));
  return readFileSync(join(folder, file), 'utf8').trim();
}

function bundleForBrowsers(entries) {
  return build({
    entryPoints: entries.map((entry) => join(dist, `${entry}.js`)),
    outbase: dist,
    outdir: esm,
    platform: 'neutral',
    target: 'es2022',
    format: 'esm',
    bundle: true,
    splitting: true,
    packages: 'external',
    chunkNames: 'shared/[hash]',
    logLevel: 'warning',
  });
}

function namesOf(entry) {
  const names = Object.keys(require(join(commonjs, `${entry}.js`)));
  const list = names.toSorted().map((name) => `  ${name},\n`);
  return `import all from '${commonJsOf(entry)}';\nexport const {\n${list.join('')}} = all;\n`;
}

/** Where an ES module finds its CommonJS sibling. */
function commonJsOf(entry) {
  return relativePath(dirname(join(esm, entry)), join(commonjs, `${entry}.js`));
}

function relativePath(from, to) {
  const path = relative(from, to).replaceAll('\\', '/');
  return path.startsWith('.') ? path : `./${path}`;
}

function write(file, text) {
  writeFileSync(made(file), text);
}

/** The same path, in a folder that exists. */
function made(file) {
  mkdirSync(dirname(file), { recursive: true });
  return file;
}
