import type { Operation } from './operation.js';
import { eventsOf, sessionsOf } from './session-events.js';

/** What PostgreSQL has of a session. */
export interface StoredSession {
  id: string;
  current: string;
  revoked: boolean;
}

/** What is stored that contradicts the answers to a person whose operations are over. */
export function brokenAtRest(
  operations: readonly Operation[],
  stored: readonly StoredSession[],
  leewayMs: number,
): string[] {
  const rows = new Map(stored.map((row) => [row.id, row]));
  return [...sessionsOf(operations)].flatMap(([sid, begin]) => {
    const row = rows.get(sid);
    if (!row) return [`session ${sid}: it was acknowledged and is not stored`];
    const events = eventsOf(begin, operations, leewayMs);
    if (events.some(({ kind }) => kind === 'ended'))
      return row.revoked ? [] : [`session ${sid}: its end was acknowledged and is not stored`];
    if (events.some(({ kind }) => kind === 'ending')) return [];
    if (row.revoked) return [`session ${sid}: it has ended, and nobody asked for that`];
    const last = events.findLast((event) => 'refresh' in event);
    return last?.refresh === row.current ? [] : [`session ${sid}: the last token is not the stored one`];
  });
}
