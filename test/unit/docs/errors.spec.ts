import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FINAL_CODES } from '../../../src/client/final-codes.js';
import { ERROR_STATUS } from '../../../src/index.js';

const DOCS = join(import.meta.dirname, '../../../docs');

describe('the table of errors', () => {
  it('contains every code with its status, and no others', () => {
    const text = readFileSync(join(DOCS, 'errors.md'), 'utf8');
    const rows = [...text.matchAll(/^\| (\d{3}) +\| `([A-Z_]+)`/gm)].map(([, status, code]) => [
      code,
      Number(status),
    ]);
    expect(Object.fromEntries(rows)).toEqual(ERROR_STATUS);
  });
});

describe('the codes that end a session for good', () => {
  it.each(['errors.md', 'client.md'])('are listed in one paragraph of %s', (file) => {
    const paragraphs = readFileSync(join(DOCS, file), 'utf8').split('\n\n');
    expect(paragraphs.some((text) => FINAL_CODES.every((code) => text.includes(`\`${code}\``)))).toBe(true);
  });
});
