import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../../..');
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');

describe('the table of environment variables', () => {
  it('contains every variable that the service reads, and no others', () => {
    const source = read('src/settings/configuration.ts') + read('src/settings/environment-reader.ts');
    const asked = [...source.matchAll(/read\.\w+(?:<[^>]*>)?\(\s*'([A-Z][A-Z_]+)'/g)].map(([, name]) => name);
    const [, table = ''] =
      /<!-- variables:begin -->([^]*?)<!-- variables:end -->/.exec(read('docs/configuration.md')) ?? [];
    const rows = [...table.matchAll(/^\| (`[A-Z`_, ]+`)/gm)].flatMap(([, names]) => names!.split(', '));
    expect(new Set(rows.map((name) => name.replaceAll('`', '')))).toEqual(new Set([...asked, 'NODE_ENV']));
  });
});
