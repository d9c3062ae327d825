/** What most revocations are, in the form that costs PostgreSQL and this process least: 36 characters of id, then a time. */
const ID_LENGTH = 36;
/** A 1, and 8 hexadecimal digits of seconds since the epoch. */
const TIME_LENGTH = 9;
const RECORD_LENGTH = ID_LENGTH + TIME_LENGTH;
const LATEST = 0xffffffff;
const ONE = 49;
const LINE_BREAK = 10;

/** SQL: whether a revocation can be a record. All are of one length, in bytes and in characters; none looks like a line. */
const isRecord = `(kind = 'session' AND octet_length(id) = ${ID_LENGTH} AND length(id) = ${ID_LENGTH} AND ascii(id) <> ${LINE_BREAK})`;

/**
 * SQL: what {@link readRecords} reads, of many rows.
 * @param until the time until which a row counts; rounded up to seconds
 * @param line a row in another form; a line that is `NULL` is left out
 */
export function recordsOf(until: string, line: string): string {
  const seconds = `ceil(GREATEST(0, LEAST(${LATEST}, date_part('epoch', ${until}))))::bigint`;
  const record = `id || to_hex(${seconds} + ${LATEST + 1})`;
  return `COALESCE(string_agg(CASE WHEN ${isRecord} THEN ${record} ELSE E'\\n' || ${line} || E'\\n' END, ''), '')`;
}

/** Receives what {@link readRecords} finds. */
export interface RecordReader {
  /** The place where a session's id of 36 characters begins, and its time in seconds. */
  session(start: number, seconds: number): void;
  line(line: string): void;
}

/**
 * Reads records and lines that were joined to one text; a line begins and ends with a line break.
 * @throws Error if the text is anything else
 */
export function readRecords(text: string, reader: RecordReader): void {
  for (let start = 0; start < text.length;) {
    if (text.charCodeAt(start) === LINE_BREAK) {
      const end = text.indexOf('\n', start + 1);
      if (end < 0) throw unknownForm();
      reader.line(text.slice(start + 1, end));
      start = end + 1;
    } else {
      const seconds = readTime(text, start + ID_LENGTH);
      if (!(seconds >= 0)) throw unknownForm();
      reader.session(start, seconds);
      start += RECORD_LENGTH;
    }
  }
}

function unknownForm(): Error {
  return new Error('PostgreSQL sent revocations of an unknown form.');
}

/** The id of a record that begins here. */
export function idAt(text: string, start: number): string {
  return text.slice(start, start + ID_LENGTH);
}

/** `NaN` for anything but a time. */
function readTime(text: string, start: number): number {
  if (text.charCodeAt(start) !== ONE) return NaN;
  let value = 0;
  for (let place = start + 1; place < start + TIME_LENGTH; place++)
    value = value * 16 + hexDigit(text.charCodeAt(place));
  return value;
}

/** The value of a hexadecimal digit in lower case, or `NaN`. */
function hexDigit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  return code >= 97 && code <= 102 ? code - 87 : NaN;
}
