// `node scripts/build-package.js`, the second half of `npm run build`: makes what the npm package holds from `dist`.
//
// dist/commonjs  the library, the command line and the test kit as CommonJS: a few files that load faster than a file for
//                each module, and pack smaller
// dist/esm       the same names for `import`. They come from the CommonJS files, so that a process that uses both `import`
//                and `require` has one copy of each class. The parts for browsers and Next.js are real ES modules.
// dist/bundle    the service with its packages in a few files, which dist/main.js runs from then on. It is not packed.
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { build } from 'esbuild';
import { minify } from 'terser';
import ts from 'typescript';
import { bundleDeclarations } from './bundle-declarations.js';
import { bundleService } from './bundle-service.js';
import { classesOf, withClassNames } from './class-names.js';

const require = createRequire(import.meta.url);
const dist = join(import.meta.dirname, '../dist');
const commonjs = join(dist, 'commonjs');
const esm = join(dist, 'esm');
const bundle = join(dist, 'bundle');

/**
 * Dependencies that the CommonJS files bring along: ES modules, which Jest in a CommonJS app cannot load, and one of which
 * a small part is used, while all of it would take a third of the time to load Latchkey. class-validator keeps what it
 * knows of classes in a global variable, so that it does not matter how many copies of it a process has.
 */
const VENDORED = ['@nestjs/jwt', '@nestjs/passport', 'class-validator', 'jose'];
/** What they need of packages that are not our dependencies. */
const VENDORED_WITH = ['validator'];
/** What one process should have only once. */
const SHARED = ['index', 'testing/index'];
const ENTRIES = Object.values(require('../package.json').exports).flatMap((target) =>
  target.import ? target.import.default.replace(/^\.\/dist\/esm\/|\.js$/g, '') : [],
);
const NOT_PACKED = /^(main\.|service\/|bundle\/|commonjs\/|esm\/)/;
/** What starts a PostgreSQL server needs the programs that a clone of the repository installs. */
const IN_CLONES_ONLY = /^\.\.\/embedded-postgres\/[\w-]+\.js$/;
const TARGET = 'node20.19';
const AS_COMMONJS = {
  module: ts.ModuleKind.CommonJS,
  target: ts.ScriptTarget.ES2023,
  esModuleInterop: true,
  removeComments: true, // the declarations have them
};
const BUNDLE = {
  outbase: dist,
  format: 'esm',
  bundle: true,
  splitting: true,
  packages: 'external',
  logLevel: 'warning',
};
/**
 * Names of functions and classes stay, for stack traces and for Nest, and so do some line ends, for what Node.js prints of
 * a failing line. Syntax stays, since shorter forms hide the names of exports from Node.js.
 */
const LINE_LIMIT = 500;
const MINIFIED = {
  mangle: { keep_classnames: true, keep_fnames: true },
  compress: false,
  // In ASCII alone, a file takes half the memory, and Node.js reads it faster.
  format: { max_line_len: LINE_LIMIT, ascii_only: true },
};
/** The same as far as it goes for what esbuild puts together and writes itself. */
const MINIFIED_MODULES = { minifyWhitespace: true, lineLimit: LINE_LIMIT };
const REQUIRE = '__requireOfCommonJs';
const HELPERS = 'helpers-of-typescript';
const HELPER = /^var __(decorate|metadata|param) = .*?^\};\n/gms;

rmSync(commonjs, { recursive: true, force: true });
rmSync(esm, { recursive: true, force: true });
const modules = new Map(
  readdirSync(dist, { recursive: true })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.js') && !NOT_PACKED.test(path))
    .map((path) => [path, readFileSync(join(dist, path), 'utf8')]),
);
const classNames = new Set([...modules.values()].flatMap(classesOf));

write(join(commonjs, 'package.json'), JSON.stringify({ type: 'commonjs' }));
for (const { path, text } of await bundled([...ENTRIES, 'cli/main']))
  write(join(commonjs, path), await toCommonJs(path, text));
for (const { path, text } of await bundleDeclarations(dist, ENTRIES)) write(join(commonjs, path), text);
await vendor();
chmodSync(join(commonjs, 'cli/main.js'), 0o755);

await bundleForBrowsers(ENTRIES.filter((entry) => !SHARED.includes(entry)));
for (const entry of SHARED) write(join(esm, `${entry}.js`), namesOf(entry));
for (const entry of ENTRIES) write(join(esm, `${entry}.d.ts`), `export * from '${commonJsOf(entry)}';\n`);

await buildService();

/** The modules that these entries load, in as few files as possible: what only one entry or `import()` needs stays apart. */
async function bundled(entries) {
  const { outputFiles } = await build({
    ...BUNDLE,
    entryPoints: entries.map((entry) => join(dist, `${entry}.js`)),
    outdir: commonjs,
    platform: 'node',
    target: TARGET,
    chunkNames: 'chunks/[name]-[hash]',
    write: false,
    plugins: [{ name: 'ready for CommonJS', setup: prepareForCommonJs }],
  });
  return outputFiles.map(({ path, text }) => ({ path: relative(commonjs, path), text }));
}

function prepareForCommonJs({ onLoad, onResolve }) {
  onLoad({ filter: /\.js$/ }, ({ path }) => ({
    contents: modules
      .get(relative(dist, path))
      .replaceAll('import.meta.dirname', '__dirname')
      // CommonJS has a `require` already, and bundlers follow that one only. esbuild would replace it.
      .replaceAll(/^.*\bcreateRequire\b.*\n/gm, '')
      .replaceAll(/\brequire\(/g, `${REQUIRE}(`)
      // Each module brings these along; the first ones serve all modules of a file.
      .replaceAll(HELPER, `import { __$1 } from '${HELPERS}';\n`),
  }));
  onResolve({ filter: IN_CLONES_ONLY }, () => ({ path: join(dist, 'embedded-postgres/not-packed.js') }));
  onResolve({ filter: new RegExp(`^${HELPERS}$`) }, ({ path }) => ({ path, namespace: HELPERS }));
  onLoad({ filter: /.*/, namespace: HELPERS }, () => ({ contents: helpers() }));
}

/** What TypeScript writes into each module with decorators. */
function helpers() {
  const found = new Map(
    [...modules.values()].flatMap((text) => [...text.matchAll(HELPER)].map(([code, name]) => [name, code])),
  );
  return [...found.values()].map((code) => `export ${code}`).join('');
}

async function toCommonJs(path, text) {
  const source = text
    .replaceAll(`${REQUIRE}(`, 'require(')
    .replaceAll(/ from "([^."][^"]*)";/g, (clause, name) =>
      VENDORED.includes(name) ? ` from '${relativePath(dirname(path), vendored(name))}';` : clause,
    );
  if (source.includes('import.meta')) throw new Error(`${path}: CommonJS has no import.meta`);
  const { outputText } = ts.transpileModule(source, { compilerOptions: AS_COMMONJS, fileName: path });
  const code = withClassNames((await minify(outputText, MINIFIED)).code);
  const renamed = classesOf(code).find((name) => !classNames.has(name));
  if (renamed) throw new Error(`${path}: ${renamed} is not the name that the class had`);
  return code;
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
      target: TARGET,
      format: 'cjs',
      mainFields: ['es2015', 'module', 'main'],
      bundle: true,
      minify: true,
      keepNames: true,
      logLevel: 'warning',
      plugins: [{ name: 'only this package', setup: (plugin) => onlyPackage(plugin, name) }],
    });
  const notices = [...VENDORED, ...VENDORED_WITH].map((name) => `${name}\n\n${licenseOf(name)}`);
  write(join(commonjs, 'vendor/LICENSES.txt'), notices.join('\n\n----\n\n'));
}

function onlyPackage({ onResolve }, name) {
  onResolve({ filter: /^[^.]/ }, ({ path }) =>
    isBroughtAlong(path, name) ? undefined : { path, external: true },
  );
}

function isBroughtAlong(path, name) {
  return path === name || path.startsWith('/') || VENDORED_WITH.includes(path.split('/')[0]);
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

async function buildService() {
  const own = new Map(VENDORED.map((name) => [name, join(commonjs, vendored(name))]));
  const options = { ...BUNDLE, ...MINIFIED_MODULES, target: TARGET };
  const files = await bundleService({ ...options, dist, outdir: bundle, vendored: own });
  for (const { path, text } of files) write(path, text);
  // Only then the old ones: a service that starts meanwhile still finds its own.
  for (const name of readdirSync(bundle))
    if (!files.some(({ path }) => basename(path) === name)) rmSync(join(bundle, name));
  const main = join(dist, 'main.js');
  write(main, readFileSync(main, 'utf8').replace('./service/run.js', './bundle/run.js'));
}

function bundleForBrowsers(entries) {
  return build({
    ...BUNDLE,
    ...MINIFIED_MODULES,
    entryPoints: entries.map((entry) => join(dist, `${entry}.js`)),
    outdir: esm,
    platform: 'neutral',
    target: 'es2022',
    chunkNames: 'shared/[hash]',
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
