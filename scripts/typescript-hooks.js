import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { transformSync } from '@swc/core';

const options = {
  jsc: {
    target: 'es2022',
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true },
  },
  module: { type: 'es6' },
  sourceMaps: 'inline',
  swcrc: false,
};

const TYPESCRIPT = /\.ts(\?|$)/;
const root = new URL('../', import.meta.url);
const { paths } = JSON.parse(readFileSync(new URL('tsconfig.json', root), 'utf8')).compilerOptions;
const library = new Map(Object.entries(paths).map(([name, [source]]) => [name, new URL(source, root).href]));

export function resolve(specifier, context, next) {
  // Hosts import it by these names; here they mean the sources, built or not.
  if (library.has(specifier)) return next(library.get(specifier), context);
  if (!TYPESCRIPT.test(context.parentURL) || !/^\.{1,2}\/.*\.js$/.test(specifier))
    return next(specifier, context);
  // Most are TypeScript, so that is tried first: not finding a file costs more than finding it.
  const source = new URL(specifier.replace(/\.js$/, '.ts'), context.parentURL);
  return next(existsSync(source) ? source.href : specifier, context);
}

export function load(url, context, next) {
  if (!TYPESCRIPT.test(url)) return next(url, context);
  const filename = fileURLToPath(url);
  const { code } = transformSync(readFileSync(filename, 'utf8'), { ...options, filename });
  return { format: 'module', source: code, shortCircuit: true };
}
