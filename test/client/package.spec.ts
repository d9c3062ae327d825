import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { buildSync } from 'esbuild';
import { clientModule } from '../browser/support/flaky-proxy.js';

const ROOT = join(import.meta.dirname, '../..');
const modules = readdirSync(join(ROOT, 'src/client'))
  .filter((file) => file.endsWith('.ts'))
  .map((file) => ({ name: file.replace(/\.ts$/, '.js'), code: clientModule(`/client/${file}`) }));

const LIMIT_BYTES = 5_200;

/** What a bundler makes of `import … from 'latchkey/client'`. */
const { outputFiles } = buildSync({
  entryPoints: [join(ROOT, 'src/client/latchkey-client.ts')],
  bundle: true,
  minify: true,
  format: 'esm',
  write: false,
});
const bundle = outputFiles[0]!.text;

describe('the package of the client', () => {
  it('takes about 5 kB gzipped', () => {
    expect(gzipSync(bundle).length).toBeLessThan(LIMIT_BYTES);
  });

  it('is what package.json exports, and depends on nothing', () => {
    const { exports } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    expect(exports['./client'].import.default).toBe('./dist/esm/client/latchkey-client.js');
    expect(exports['./account'].import.default).toBe('./dist/esm/client/account.js');
    const foreign = modules.flatMap(({ code }) => code.match(/(?:from|import\() ?['"][^.][^'"]*/g) ?? []);
    expect(foreign).toEqual([]);
  });

  it('does not load what only some pages need', () => {
    expect(bundle).not.toContain('auth/sessions');
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
