import { type Chunks, isBlank, type RawRecord, RecordBytes } from './raw-record.js';

const [QUOTE, COMMA, NEWLINE, RETURN] = [0x22, 0x2c, 0x0a, 0x0d];

/** Splits a CSV file (RFC 4180) into its records. A line break within quotes belongs to the record. */
export async function* csvRecordsOf(chunks: Chunks): AsyncGenerator<RawRecord> {
  const bytes = new RecordBytes();
  let [line, startLine] = [1, 1];
  let quoted = false;
  let atStart = true; // of a field: only there does a quote open one
  for await (const chunk of chunks) {
    let start = 0;
    for (let i = 0; i < chunk.length; i++) {
      const byte = chunk[i]!;
      if (byte === NEWLINE) line++;
      // A doubled quote closes and opens again.
      if (byte === QUOTE && (quoted || atStart)) quoted = !quoted;
      else if (byte === NEWLINE && !quoted) {
        bytes.add(chunk.subarray(start, i));
        yield* unlessBlank(bytes.take(startLine));
        [start, startLine] = [i + 1, line];
      }
      atStart = !quoted && (byte === QUOTE || byte === COMMA || byte === NEWLINE);
    }
    bytes.add(chunk.subarray(start));
  }
  const last = bytes.take(startLine);
  if (quoted) last.problem = 'a quote is not closed, so that the rest of the file could not be read';
  yield* unlessBlank(last);
}

function* unlessBlank(record: RawRecord): Generator<RawRecord> {
  if (record.problem || !isBlank(record.bytes)) yield record;
}

/** Returns the fields of a record, or `null` if a quoted field is followed by other text. */
export function fieldsOf(record: string): string[] | null {
  const text = record.endsWith(String.fromCharCode(RETURN)) ? record.slice(0, -1) : record;
  const fields: string[] = [];
  const field = /"((?:[^"]|"")*)"|([^,]*)/y;
  for (let at = 0; at <= text.length;) {
    field.lastIndex = at;
    const [whole, quoted, plain] = field.exec(text)!;
    at += whole.length;
    if (at < text.length && text[at] !== ',') return null;
    fields.push(quoted === undefined ? plain! : quoted.replaceAll('""', '"'));
    at++;
  }
  return fields;
}
