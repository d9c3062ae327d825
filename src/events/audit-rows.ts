import type { AuthEvent } from './auth-event.js';
import type { Repeat } from './repeats.js';

const COLUMNS = [
  ['id', 'uuid'],
  ['at', 'timestamptz'],
  ['type', 'text'],
  ['user_id', 'text'],
  ['session_id', 'text'],
  ['ip', 'text'],
  ['user_agent', 'text'],
  ['request_id', 'text'],
  ['details', 'jsonb'],
  ['count', 'int'],
  ['repeat_key', 'text'],
] as const;
const NAMES = COLUMNS.map(([name]) => name).join(', ');

/** A value for each column. */
type Row = unknown[];

/** Rows of the audit trail: of events that stand alone, and one for each key of those that are folded. */
export interface AuditRows {
  single: Row[];
  folded: Row[];
}

export function rowsOf(
  events: readonly AuthEvent[],
  repeatOf: (event: AuthEvent) => Repeat | undefined,
): AuditRows {
  const single: Row[] = [];
  const folded = new Map<string, { event: AuthEvent; count: number }>();
  for (const event of events) {
    const repeat = repeatOf(event);
    if (!repeat) {
      single.push(toRow(event, 1, null));
      continue;
    }
    // One row for each key: a statement cannot change a row twice.
    const known = folded.get(repeat.key);
    if (known) known.count += repeat.count;
    else folded.set(repeat.key, { event, count: repeat.count });
  }
  return { single, folded: [...folded].map(([key, { event, count }]) => toRow(event, count, key)) };
}

/** The parameters of a statement below: an array for each column. */
export function toColumns(rows: readonly Row[]): unknown[][] {
  return COLUMNS.map((_, index) => rows.map((row) => row[index]));
}

/** Inserts rows of events that stand alone. */
export function insertSingle(table: string): string {
  return `${insertRows(table, 1)} ON CONFLICT (id) DO NOTHING`;
}

/** What happens to the row of a key that has one already; the later ones need fewer privileges. */
export const ON_REPEAT = [
  // With a new place in the order, so that whoever has got the row gets it again with the new count.
  'DO UPDATE SET count = known.count + excluded.count, written_xid = excluded.written_xid',
  'DO UPDATE SET count = known.count + excluded.count',
  'DO NOTHING',
] as const;

/**
 * Inserts rows of both kinds, the folded ones last. The keys are in order, so that instances that write at the same time
 * do not wait for each other in a circle.
 */
export function insertBoth(table: string, onRepeat: (typeof ON_REPEAT)[number]): string {
  return `WITH folded AS (
      ${insertRows(table, 1 + COLUMNS.length)} ORDER BY repeat_key
      ON CONFLICT (repeat_key) WHERE repeat_key IS NOT NULL ${onRepeat}
    ) ${insertSingle(table)}`;
}

function insertRows(table: string, first: number): string {
  const arrays = COLUMNS.map(([, type], index) => `$${first + index}::${type}[]`).join(', ');
  return `INSERT INTO ${table} AS known (${NAMES}) SELECT * FROM unnest(${arrays}) AS new (${NAMES})`;
}

function toRow(event: AuthEvent, count: number, repeatKey: string | null): Row {
  const { id, at, type, userId, sessionId, ip, userAgent, requestId, ...details } = event;
  // The key that groups attempts on one account means nothing outside this process.
  const kept = JSON.stringify({ ...details, account: undefined, tracestate: undefined });
  const origin = [userId, sessionId, ip, userAgent, requestId].map((value) => value ?? null);
  return [id, at, type, ...origin, kept, count, repeatKey];
}
