/** The bytes of one user in a file. */
export interface RawRecord {
  /** Where it begins, from 1. */
  line: number;
  bytes: Buffer;
  /** Why the bytes are no user. They are not complete then. */
  problem?: string;
}

export type Chunks = AsyncIterable<Buffer>;

/** A user with more is a mistake, such as a file without line breaks. */
export const MAX_RECORD_BYTES = 2 ** 20;

const TOO_LONG = 'longer than 1 MiB';

/** Collects the bytes of a record that may stretch over several chunks, and forgets them when there are too many. */
export class RecordBytes {
  private parts: Buffer[] = [];
  private size = 0;

  add(part: Buffer): void {
    this.size += part.length;
    if (this.size > MAX_RECORD_BYTES) this.parts = [];
    else if (part.length > 0) this.parts.push(part);
  }

  /** Returns what has been collected, and begins again. */
  take(line: number): RawRecord {
    const bytes = this.parts.length === 1 ? this.parts[0]! : Buffer.concat(this.parts);
    const problem = this.size > MAX_RECORD_BYTES ? TOO_LONG : undefined;
    [this.parts, this.size] = [[], 0];
    return { line, bytes, problem };
  }
}

const BLANKS = new Set([0x20, 0x09, 0x0a, 0x0d]);

export const isBlank = (bytes: Buffer): boolean => bytes.every((byte) => BLANKS.has(byte));
