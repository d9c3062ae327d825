import { csvRecordsOf, fieldsOf } from './csv-records.js';
import { InputError, RowProblem } from './input-error.js';
import { elementsOf } from './json-elements.js';
import { linesOf } from './lines.js';
import type { Chunks, RawRecord } from './raw-record.js';

/** A user as the other system describes it. Only own properties count: `__proto__` is a name like any other. */
export type Row = Record<string, unknown>;

/** A place in the file, and the user there. */
export interface Entry {
  line: number;
  /** In bytes. */
  size: number;
  /** @throws RowProblem if there is no user */
  read(): Row;
}

/**
 * Reads the users of a file one by one, whatever its format: lines of JSON, a JSON document, or CSV with a heading.
 * @param usually what this system exports, if the beginning does not tell
 * @throws InputError if the format cannot be recognized
 */
export async function* rowsOf(chunks: Chunks, usually: 'lines' | 'document'): AsyncGenerator<Entry> {
  const { start, all } = await begin(chunks);
  const format = formatOf(start, usually);
  if (format === 'csv') return yield* csvRows(all);
  const records = format === 'document' ? elementsOf(all) : linesOf(all);
  for await (const record of records)
    yield { line: record.line, size: record.bytes.length, read: () => unwrapped(objectOf(textOf(record))) };
}

/** Enough to see the first line. */
const START_BYTES = 2 ** 16;
const BOM = [0xef, 0xbb, 0xbf];

/** Reads the beginning without losing it, and removes a byte order mark. */
async function begin(chunks: Chunks): Promise<{ start: Buffer; all: Chunks }> {
  const iterator = chunks[Symbol.asyncIterator]();
  let start = Buffer.alloc(0);
  while (start.length < START_BYTES) {
    const { done, value } = await iterator.next();
    if (done) break;
    start = Buffer.concat([start, value]);
  }
  if ((start[0] === 0xff && start[1] === 0xfe) || (start[0] === 0xfe && start[1] === 0xff))
    throw new InputError('The file is in UTF-16: convert it to UTF-8 first, for example with iconv.');
  if (BOM.every((byte, i) => start[i] === byte)) start = start.subarray(3);
  const rest = { [Symbol.asyncIterator]: () => iterator };
  return {
    start,
    all: (async function* () {
      yield start;
      yield* rest;
    })(),
  };
}

function formatOf(start: Buffer, usually: 'lines' | 'document'): 'lines' | 'document' | 'csv' {
  const text = start.toString('latin1').trimStart();
  if (text.startsWith('[')) return 'document';
  if (!text.startsWith('{')) return 'csv';
  if (/^\{\s*(?:\n|"users"\s*:\s*\[)/.test(text)) return 'document';
  const [first = ''] = text.split('\n', 1);
  if (isJson(first)) return Array.isArray((JSON.parse(first) as Row).users) ? 'document' : 'lines';
  return usually;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

async function* csvRows(chunks: Chunks): AsyncGenerator<Entry> {
  let heading: string[] | undefined;
  for await (const record of csvRecordsOf(chunks)) {
    if (heading) {
      const names = heading;
      yield { line: record.line, size: record.bytes.length, read: () => rowOf(names, textOf(record)) };
    } else heading = headingOf(record);
  }
}

function headingOf(record: RawRecord): string[] {
  const names = (!record.problem && fieldsOf(record.bytes.toString())) || [];
  if (names.length < 2 || names.some((name) => name.trim() === ''))
    throw new InputError(
      'The file is neither lines of JSON, a JSON document, nor CSV with a heading and commas.',
    );
  if (new Set(names).size < names.length) throw new InputError('Two columns have the same heading.');
  return names;
}

/** An empty cell is like an absent one. */
function rowOf(names: string[], text: string): Row {
  const cells = fieldsOf(text);
  if (!cells) throw new RowProblem('a quoted cell is followed by other text');
  if (cells.length !== names.length)
    throw new RowProblem(`${cells.length} cells, but the heading has ${names.length}`);
  return Object.fromEntries(names.map((name, i) => [name, cells[i]]).filter(([, cell]) => cell !== ''));
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function textOf({ bytes, problem }: RawRecord): string {
  if (problem) throw new RowProblem(problem);
  try {
    return utf8.decode(bytes);
  } catch {
    throw new RowProblem('not valid UTF-8');
  }
}

/** More than any export needs. Whatever walks through a row calls itself for each level. */
const MAX_DEPTH = 100;

const [QUOTE, BACKSLASH] = [0x22, 0x5c];
/** `[` or `{`, and their counterparts. Bit 5 is all that distinguishes the two. */
const [OPENING, CLOSING] = [0x5b, 0x5d];

/** Looks at the text, because a parser may fail at the depth itself. */
function assertShallow(text: string): void {
  let [depth, inString] = [0, false];
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) inString = !inString;
    else if (inString) i += code === BACKSLASH ? 1 : 0;
    else if ((code & ~0x20) === OPENING) depth++;
    else if ((code & ~0x20) === CLOSING) depth--;
    if (depth > MAX_DEPTH) throw new RowProblem(`nested more than ${MAX_DEPTH} deep`);
  }
}

function objectOf(text: string): Row {
  assertShallow(text);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new RowProblem('not valid JSON'); // the parser's own message quotes the row
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new RowProblem('not a JSON object');
  return value as Row;
}

/** A file of rejected users can be imported again. */
function unwrapped(value: Row): Row {
  const isRejected = Object.keys(value).join() === 'line,reason,row';
  return isRejected && typeof value.row === 'object' && value.row !== null ? (value.row as Row) : value;
}
