import { InputError } from './input-error.js';
import { type Chunks, isBlank, type RawRecord, RecordBytes } from './raw-record.js';

const [QUOTE, BACKSLASH, COMMA, NEWLINE] = [0x22, 0x5c, 0x2c, 0x0a];
const OPENING = new Set([0x5b, 0x7b]);
const CLOSING = new Set([0x5d, 0x7d]);
const [LIST, OBJECT] = [0x5b, 0x7b];
/** Longer than the name that is looked for. */
const MAX_NAME = 16;

/**
 * Splits a JSON document, `[…]` or `{ …, "users": […], … }`, into the elements of the list without reading it whole. The
 * elements are parsed later, one by one; here only brackets and strings count.
 */
export async function* elementsOf(chunks: Chunks): AsyncGenerator<RawRecord> {
  const splitter = new Splitter();
  for await (const chunk of chunks) yield* splitter.split(chunk);
  yield* splitter.end();
}

class Splitter {
  private readonly element = new RecordBytes();
  private depth = 0;
  private inString = false;
  private escaped = false;
  /** The depth of the elements of the list, once it has begun. */
  private listDepth = 0;
  private isListOver = false;
  /** The last string at depth 1, which names the value that follows. */
  private name = '';
  private line = 1;
  private startLine = 1;

  *split(chunk: Buffer): Generator<RawRecord> {
    let start = this.isInList ? 0 : chunk.length;
    for (let i = 0; i < chunk.length; i++) {
      const byte = chunk[i]!;
      if (byte === NEWLINE) this.line++;
      if (this.inString) this.passString(byte);
      else if (byte === QUOTE) this.beginString();
      else if (OPENING.has(byte)) {
        if (this.open(byte)) [start, this.startLine] = [i + 1, this.line];
      } else if (byte === COMMA ? this.depth === this.listDepth : CLOSING.has(byte)) {
        const isEnd = this.isInList && this.depth === this.listDepth;
        if (isEnd) {
          this.element.add(chunk.subarray(start, i));
          yield* this.take();
          start = i + 1;
        }
        if (byte !== COMMA && this.close() && isEnd) start = chunk.length;
      }
    }
    this.element.add(chunk.subarray(Math.min(start, chunk.length)));
  }

  *end(): Generator<RawRecord> {
    if (this.listDepth === 0)
      throw new InputError('The file contains no list of users: expected […] or { "users": […] }.');
    if (this.isListOver) return;
    yield { line: this.line, bytes: Buffer.alloc(0), problem: 'the file ends in the middle of the list' };
  }

  private get isInList(): boolean {
    return this.listDepth > 0 && !this.isListOver;
  }

  private *take(): Generator<RawRecord> {
    const record = this.element.take(this.startLine);
    this.startLine = this.line;
    if (record.problem || !isBlank(record.bytes)) yield record;
  }

  private beginString(): void {
    this.inString = true;
    if (this.depth === 1) this.name = '';
  }

  private passString(byte: number): void {
    if (this.escaped) this.escaped = false;
    else if (byte === BACKSLASH) this.escaped = true;
    else if (byte === QUOTE) this.inString = false;
    if (this.inString && this.depth === 1 && this.name.length < MAX_NAME)
      this.name += String.fromCharCode(byte);
  }

  /** Returns whether the list begins here. */
  private open(byte: number): boolean {
    this.depth++;
    const isList =
      byte === LIST && (this.depth === 1 || (this.depth === 2 && this.name === 'users' && this.rootIsObject));
    if (this.depth === 1) this.rootIsObject = byte === OBJECT;
    if (this.listDepth > 0 || !isList) return false;
    this.listDepth = this.depth;
    return true;
  }

  private rootIsObject = false;

  /** Returns whether the list ends here. */
  private close(): boolean {
    const isOver = this.isInList && this.depth === this.listDepth;
    if (isOver) this.isListOver = true;
    this.depth--;
    return isOver;
  }
}
