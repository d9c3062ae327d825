import { randomUUID } from 'node:crypto';
import { timeOrderedIds } from '../../src/events/event-id.js';

const newId = timeOrderedIds();

/** Writes events to the audit trail as another instance would; returns their ids, in order. */
export async function writeEvents(
  database: { query(sql: string, parameters: unknown[]): Promise<unknown> },
  count: number,
  { type = 'refreshed', ageSeconds = 0 } = {},
): Promise<string[]> {
  const ids = Array.from({ length: count }, () => newId(Date.now()));
  await database.query(
    `INSERT INTO auth_events (id, at, type, user_id, details)
     SELECT id, clock_timestamp() - make_interval(secs => $2), $3, $4, '{}' FROM unnest($1::uuid[]) AS id`,
    [ids, ageSeconds, type, randomUUID()],
  );
  return ids;
}
