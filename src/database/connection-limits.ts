import type { DataSource } from 'typeorm';
import { runStatement } from './statement.js';

/** How many connections the role of a data source may open, and what says so. */
export interface ConnectionLimit {
  allowed: number;
  /** Such as `the role latchkey (CONNECTION LIMIT)`. */
  by: string;
}

/** The lowest of the limits of the role, the database and the server. For superusers, only the server's counts. */
export async function connectionLimit(source: DataSource): Promise<ConnectionLimit> {
  const { rows } = await runStatement<{ allowed: string; by: string }>(source, {
    text: `SELECT allowed::text AS allowed, by FROM pg_roles, pg_database, LATERAL (VALUES
        (CASE WHEN rolsuper OR rolconnlimit < 0 THEN NULL ELSE rolconnlimit END,
          'the role ' || rolname || ' (CONNECTION LIMIT)'),
        (CASE WHEN rolsuper OR datconnlimit < 0 THEN NULL ELSE datconnlimit END,
          'the database ' || datname || ' (CONNECTION LIMIT)'),
        (current_setting('max_connections')::int - CASE WHEN rolsuper THEN 0 ELSE
          current_setting('superuser_reserved_connections')::int
            + COALESCE(current_setting('reserved_connections', true)::int, 0) END, 'PostgreSQL (max_connections)')
      ) AS limits (allowed, by)
      WHERE rolname = current_user AND datname = current_database() AND allowed IS NOT NULL ORDER BY limits.allowed LIMIT 1`,
    values: [],
  });
  const { allowed, by } = rows[0]!;
  return { allowed: Number(allowed), by };
}
