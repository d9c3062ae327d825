import type { DataSource } from 'typeorm';

/** Types as PostgreSQL numbers them. */
const PARSERS: Record<number, (text: string) => unknown> = {
  16: (text) => text === 't', // boolean
  21: Number, // smallint
  23: Number, // integer
  701: Number, // double precision
  1184: parseTimestamp, // timestamptz
  1009: parseTextArray, // text[]
  114: (text) => JSON.parse(text), // json
  3802: (text) => JSON.parse(text), // jsonb
};

/**
 * Turns the columns that our statements select into values, whatever parsers the host has set with `pg.types`. All other
 * types stay text, such as `uuid`; `bigint` and `numeric` too, because a number cannot hold all of their values.
 */
export const OUR_TYPES = {
  getTypeParser: (type: number): ((text: string) => unknown) => PARSERS[type] ?? asText,
};

/** The same for statements that also select columns of the host: types that we do not know are left to its parsers. */
export function ourTypes(dataSource: DataSource): object {
  const { types } = (dataSource.driver as unknown as { postgres: { types: PgTypes } }).postgres;
  return {
    getTypeParser: (type: number, format: string) => PARSERS[type] ?? types.getTypeParser(type, format),
  };
}

interface PgTypes {
  getTypeParser(type: number, format: string): unknown;
}

const TIMESTAMP =
  /^(\d{4,})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d(?:\.\d+)?)([+-])(\d\d)(?::(\d\d))?(?::(\d\d))?$/;
/** The latest time that a `Date` can hold. */
const LATEST_MS = 8.64e15;

/**
 * Reads PostgreSQL's ISO notation. Microseconds are cut off; `infinity` is the latest or earliest possible `Date`.
 * @throws Error for anything else, such as years before Christ
 */
export function parseTimestamp(text: string): Date {
  if (text === 'infinity') return new Date(LATEST_MS);
  if (text === '-infinity') return new Date(-LATEST_MS);
  const match = TIMESTAMP.exec(text);
  if (!match) throw new Error(`PostgreSQL sent a time that is not in ISO notation: ${text}`);
  const [, year, month, day, hour, minute, second, sign, ...zone] = match;
  const [hours, minutes, seconds] = zone.map((part) => Number(part ?? 0)) as [number, number, number];
  const offset = (hours * 3_600 + minutes * 60 + seconds) * (sign === '-' ? -1_000 : 1_000);
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  date.setUTCHours(Number(hour), Number(minute), 0, Math.floor(Math.round(Number(second) * 1e6) / 1e3));
  return new Date(date.getTime() - offset);
}

const ELEMENT = /"((?:[^"\\]|\\.)*)"|([^,{}"]+)/gs;

/** Reads an array of one dimension, as `{a,"b, c",NULL}`. */
export function parseTextArray(text: string): (string | null)[] {
  return [...text.slice(1, -1).matchAll(ELEMENT)].map(([, quoted, plain]) => {
    if (quoted !== undefined) return quoted.replaceAll(/\\(.)/gs, '$1');
    return plain === 'NULL' ? null : plain!;
  });
}

function asText(text: string): string {
  return text;
}
