import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/**
 * @nestjs/throttler is CommonJS and requires @nestjs/common, an ES module: Node does that, Jest's module system only
 * from Node 24.9 on. This writes the package's compiler output again as ES modules, for tests only.
 * @returns the entry file
 */
export function throttlerAsEsm() {
  const source = dirname(createRequire(import.meta.url).resolve('@nestjs/throttler'));
  const target = join(import.meta.dirname, '../../node_modules/.cache/latchkey/throttler');
  mkdirSync(target, { recursive: true });
  for (const file of readdirSync(source).filter((name) => name.endsWith('.js'))) {
    const code = toEsm(readFileSync(join(source, file), 'utf8'));
    writeFileSync(join(target, file.replace(/\.js$/, '.mjs')), code);
  }
  return join(target, 'index.mjs');
}

function toEsm(code) {
  const names = [
    ...[...code.matchAll(/^exports\.(\w+) = /gm)].map(([, name]) => name),
    ...[...code.matchAll(/^Object\.defineProperty\(exports, "(\w+)", \{ enumerable/gm)].map(
      ([, name]) => name,
    ),
  ];
  const body = code
    .replaceAll(/^__exportStar\(require\("(.+)"\), exports\);$/gm, 'export * from "$1";')
    .replaceAll(/^(?:const|var) (\w+) = require\("(.+)"\);$/gm, 'import * as $1 from "$2";')
    .replaceAll(/(from "\.\/.+)"/g, '$1.mjs"');
  if (body.includes('require('))
    throw new Error('@nestjs/throttler is built otherwise now: see throttlerAsEsm');
  const exported = [...new Set(names)].map(
    (name) => `const export_${name} = exports.${name}; export { export_${name} as ${name} };`,
  );
  return ['const exports = {};', body, ...exported, ''].join('\n');
}
