import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const ROOT = join(import.meta.dirname, '../..');
const TYPEDOC = join(ROOT, 'scripts/node_modules/typedoc/bin/typedoc');

function filesOf(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  const files = names.filter((name) => statSync(join(folder, name)).isFile());
  return Object.fromEntries(files.map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}

describe('the API reference', () => {
  let fresh: string;
  beforeAll(async () => {
    fresh = mkdtempSync(join(tmpdir(), 'latchkey-api-'));
    // Also fails if something public has no docstring, or if a docstring has a broken link.
    await promisify(execFile)(process.execPath, [TYPEDOC, '--out', fresh], { cwd: ROOT });
  }, 60_000);
  afterAll(() => rmSync(fresh, { recursive: true }));

  it('matches the docstrings: after changing them, run npm run docs:api', () => {
    expect(filesOf(join(ROOT, 'docs/api'))).toEqual(filesOf(fresh));
  });

  it('covers every entry point of the package, and contains no path of this machine', () => {
    const { exports } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    const files = filesOf(fresh);
    for (const entry of Object.keys(exports).filter((name) => name !== './package.json')) {
      const [, page] =
        new RegExp(`\\[${join('latchkey', entry)}\\]\\((\\S+)\\)`).exec(files['README.md']!) ?? [];
      expect([entry, files[page ?? '']]).toEqual([entry, expect.any(String)]);
    }
    expect(Object.values(files).filter((text) => text.includes(ROOT))).toEqual([]);
  });
});
