import { type Chunks, isBlank, type RawRecord, RecordBytes } from './raw-record.js';

const NEWLINE = 0x0a;

/** Splits a file into its lines, without the blank ones. */
export async function* linesOf(chunks: Chunks): AsyncGenerator<RawRecord> {
  const bytes = new RecordBytes();
  let line = 1;
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      bytes.add(chunk.subarray(start, end));
      yield* unlessBlank(bytes.take(line++));
      start = end + 1;
    }
    bytes.add(chunk.subarray(start));
  }
  yield* unlessBlank(bytes.take(line));
}

function* unlessBlank(record: RawRecord): Generator<RawRecord> {
  if (record.problem || !isBlank(record.bytes)) yield record;
}
