import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const DOCS = join(import.meta.dirname, '../../../docs');
const text = readFileSync(join(DOCS, 'security.md'), 'utf8');

interface Row {
  case: number;
  files: string[];
}

const linksIn = (markdown: string) =>
  [...markdown.matchAll(/\]\((\.\.\/[^)#]+)\)/g)].map(([, file]) => file!);
const rows: Row[] = text.split('\n').flatMap((line) => {
  const [, number] = /^\| *(\d+) *\|/.exec(line) ?? [];
  return number ? [{ case: Number(number), files: linksIn(line) }] : [];
});
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

describe('docs/security.md', () => {
  it('has a row for every case', () => {
    const listed = rows.map((row) => row.case);
    for (const number of [...range(1, 45), ...range(124, 127)]) expect(listed).toContain(number);
  });

  it('links only files that exist', () => {
    expect(linksIn(text).filter((file) => !existsSync(join(DOCS, file)))).toEqual([]);
  });

  it.each(rows.filter(({ files }) => files.length > 0))(
    'case $case appears in every test that its row links',
    (row) => {
      const names = new RegExp(String.raw`case:? (\d+, )*${row.case}\b|bad\(${row.case},`);
      expect(row.files.filter((file) => !names.test(readFileSync(join(DOCS, file), 'utf8')))).toEqual([]);
    },
  );
});
