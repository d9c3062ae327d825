import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { minifySync } from '@swc/core';
import { clientModule } from '../browser/support/flaky-proxy.js';

const ROOT = join(import.meta.dirname, '../..');
const modules = readdirSync(join(ROOT, 'src/client'))
  .filter((file) => file.endsWith('.ts'))
  .map((file) => ({ name: file.replace(/\.ts$/, '.js'), code: clientModule(`/client/${file}`) }));

const LIMIT_BYTES = 5_000;

const codeOf = (name: string) => modules.find((module) => module.name === name)!.code;

/** What a bundler makes of an entry: its modules in one scope, those that are imported first. */
function bundled(entry: string): string {
  const names = new Set<string>();
  const add = (name: string) => {
    if (names.has(name)) return;
    for (const [, next] of codeOf(name).matchAll(/from ['"]\.\/([^'"]+)['"]/g)) add(next!);
    names.add(name);
  };
  add(entry);
  const scope = [...names].map((name) =>
    codeOf(name)
      .replaceAll(/^import [^;]*;$/gm, '')
      .replaceAll(/^export \{[^}]*\};?$/gm, '')
      .replaceAll(/^export (?=\w)/gm, name === entry ? 'export ' : ''),
  );
  return minifySync(`${scope.join('')}export { LatchkeyError };`, { module: true }).code;
}

describe('the package of the client', () => {
  it('takes less than 5 kB gzipped', () => {
    expect(gzipSync(bundled('latchkey-client.js'), { level: 9 }).length).toBeLessThan(LIMIT_BYTES);
  });

  it('is what package.json exports, and depends on nothing', () => {
    const { exports } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    expect(exports['./client'].import.default).toBe('./dist/esm/client/latchkey-client.js');
    expect(exports['./account'].import.default).toBe('./dist/esm/client/account.js');
    const foreign = modules.flatMap(({ code }) => code.match(/(?:from|import\() ?['"][^.][^'"]*/g) ?? []);
    expect(foreign).toEqual([]);
  });

  it('does not load what only some pages need', () => {
    expect(bundled('latchkey-client.js')).not.toContain('auth/sessions');
  });

  it('can be imported where there is neither a browser nor a Node', () => {
    const folder = mkdtempSync(join(tmpdir(), 'latchkey-client-'));
    try {
      for (const { name, code } of modules) writeFileSync(join(folder, name), code);
      writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
      writeFileSync(join(folder, 'run.js'), BARE);
      const run = spawnSync(process.execPath, [join(folder, 'run.js')], { encoding: 'utf8' });
      expect(run).toMatchObject({ status: 0, stderr: '', stdout: 'a function, and null\n' });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

const BARE = `
const { log } = console;
for (const name of ['BroadcastChannel', 'navigator', 'fetch', 'Request', 'Response', 'localStorage', 'process', 'Buffer'])
  delete globalThis[name];
const { createLatchkeyClient } = await import('./latchkey-client.js');
const client = createLatchkeyClient({ baseUrl: 'https://auth.example.com', transport: 'body' });
log('a ' + typeof createLatchkeyClient + ', and ' + (await client.getUser()));
`;
