// A compiled host in one file, as for a function of a cloud. It runs in a folder where nothing else of it is.
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

/** What is not JavaScript stays outside, and is copied. */
const NATIVE = ['bcrypt', 'node-gyp-build'];

const BUNDLERS = {
  esbuild: (entry, outfile) =>
    build({
      entryPoints: [entry],
      outfile,
      bundle: true,
      minify: true,
      keepNames: true,
      platform: 'node',
      format: 'cjs',
      external: NATIVE,
      logLevel: 'error',
      plugins: [{ name: 'optional packages', setup: leaveOutAbsent }],
    }),
  async webpack(entry, outfile, folder) {
    const { default: webpack } = await import(
      pathToFileURL(join(folder, 'node_modules/webpack/lib/index.js'))
    );
    const config = {
      mode: 'production',
      target: 'node',
      entry,
      output: { path: join(outfile, '..'), filename: 'main.cjs' },
      optimization: { minimize: false },
      externalsPresets: { node: true },
      externalsType: 'commonjs',
      externals: [...NATIVE, absentIsExternal],
    };
    const stats = await new Promise((resolve, reject) =>
      webpack(config, (error, result) => (error ? reject(error) : resolve(result))),
    );
    if (stats.hasErrors()) throw new Error(stats.toString({ all: false, errors: true }));
  },
};

/** Returns the folder of the bundle, whose only file is `main.cjs`. */
export async function bundle(name, folder) {
  const alone = `${folder}-alone`;
  mkdirSync(alone);
  writeFileSync(join(alone, 'package.json'), '{}');
  await BUNDLERS[name](join(folder, 'dist/main.js'), join(alone, 'main.cjs'), folder);
  for (const native of NATIVE)
    cpSync(join(folder, 'node_modules', native), join(alone, 'node_modules', native), { recursive: true });
  return alone;
}

/** Nest and TypeORM have an import of each package that a host could have installed. */
function leaveOutAbsent({ onResolve, resolve }) {
  onResolve({ filter: /^[^./]/ }, async ({ path, pluginData, ...from }) => {
    if (pluginData === 'asked') return undefined;
    const { errors } = await resolve(path, { ...from, pluginData: 'asked' });
    return errors.length > 0 ? { path, external: true } : undefined;
  });
}

function absentIsExternal({ context, request, getResolve }, done) {
  if (/^[./]/.test(request)) return done();
  getResolve()(context, request, (error) => (error ? done(null, request) : done()));
}
