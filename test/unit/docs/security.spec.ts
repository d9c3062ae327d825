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

  const accountRows = text.split('\n').flatMap((line) => {
    const [, numbers] = /^\| *((?:A\d+(?:, )?)+) *\|/.exec(line) ?? [];
    return numbers ? [{ cases: numbers.split(', '), files: linksIn(line) }] : [];
  });

  it('has rows of attacks on accounts, each in one of the tests that it links', () => {
    expect(accountRows.length).toBeGreaterThan(20);
    const untested = accountRows
      .filter(({ files }) => files.length > 0)
      .flatMap(({ cases, files }) => {
        const tests = files.map((file) => readFileSync(join(DOCS, file), 'utf8'));
        return cases.filter((name) => !tests.some((test) => test.includes(name)));
      });
    expect(untested).toEqual([]);
  });
});
