import type { DataSource } from 'typeorm';
import { runStatement } from '../database/statement.js';
import type { EndedSessions, RevocationReason } from './session-types.js';

const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';

/** See `SessionStore.revokeBefore`. */
export interface EndStep {
  after?: string;
  limit: number;
}

/** See `SessionStore.revokeBefore`. Walks through the table by the primary key, in which a session never moves. */
export async function endSessionsBefore(
  dataSource: DataSource,
  { table, absoluteTtl }: { table: string; absoluteTtl: number },
  { before, reason, after, limit }: EndStep & { before: Date | null; reason: RevocationReason },
): Promise<EndedSessions> {
  const first = after === undefined;
  // The end of a session lies a fixed time after its beginning, which has no index. Where the limit has been changed
  // since, the walk finds the session.
  const recent = `SELECT id FROM ${table}, clock WHERE absolute_expires_at >= time + ttl - interval '10 s'
    AND absolute_expires_at < time + ttl`;
  const { rows } = await runStatement<{ before: Date; ended: string[] | null; next: string | null }>(
    dataSource,
    {
      text: `
      WITH clock AS MATERIALIZED (
        SELECT COALESCE($1, date_trunc('milliseconds', clock_timestamp()) + interval '1 ms') AS time,
          make_interval(secs => $2::float8) AS ttl
      ), page AS MATERIALIZED (
        SELECT id FROM ${table} WHERE id > $3::uuid ORDER BY id LIMIT $4
      ), ended AS (
        UPDATE ${table} SET revoked_at = clock_timestamp(), revoked_reason = $5
        WHERE revoked_at IS NULL AND created_at < (SELECT time FROM clock)
          AND id IN (SELECT id FROM page ${first ? `UNION ALL ${recent}` : ''})
        RETURNING id
      )
      SELECT time AS before, (SELECT array_agg(id::text) FROM ended) AS ended,
        (SELECT id::text FROM page ORDER BY id OFFSET $4::int - 1) AS next
      FROM clock`,
      values: [before, absoluteTtl, after ?? BEFORE_ALL, limit, reason],
    },
  );
  const { before: time, ended, next } = rows[0]!;
  return { before: time, ended: ended ?? [], next };
}
