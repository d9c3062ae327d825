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

const library = new URL('../src/index.ts', import.meta.url).href;

export function resolve(specifier, context, next) {
  // Hosts import it by this name; here it means the sources, built or not.
  if (specifier === 'latchkey') return next(library, context);
  if (!/\.ts(\?|$)/.test(context.parentURL) || !/^\.{1,2}\/.*\.js$/.test(specifier))
    return next(specifier, context);
  // Most are TypeScript, so that is tried first: not finding a file costs more than finding it.
  const source = new URL(specifier.replace(/\.js$/, '.ts'), context.parentURL);
  return next(existsSync(source) ? source.href : specifier, context);
}

export function load(url, context, next) {
  if (!url.endsWith('.ts')) return next(url, context);
  const filename = fileURLToPath(url);
  const { code } = transformSync(readFileSync(filename, 'utf8'), { ...options, filename });
  return { format: 'module', source: code, shortCircuit: true };
}
