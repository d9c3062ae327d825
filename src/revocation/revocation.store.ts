import type { DataSource } from 'typeorm';
import { runStatement, type StatementResult } from '../database/statement.js';
import { tableOf } from '../database/table-of.js';
import { RefreshToken } from '../sessions/refresh-token.entity.js';
import type { RevocationEntry } from './revocation-index.js';
import type { Revocation } from './revocation-list.js';
import { REVOKED } from './revocation-message.js';
import { StoredRevocation } from './revocation.entity.js';

/** Revocations in PostgreSQL. All methods throw `UnavailableError` when the database is unavailable. */
export class RevocationStore {
  private readonly table: string;
  private readonly sessions: string;

  /** @param accessLifetime seconds after which every access token of an ended session has expired */
  constructor(
    private readonly dataSource: DataSource,
    private readonly accessLifetime: number,
  ) {
    this.table = tableOf(dataSource, StoredRevocation);
    this.sessions = tableOf(dataSource, RefreshToken);
  }

  /** Writes revocations on the database's clock and notifies all instances on commit. Returns the entries it wrote. */
  async write(revocations: readonly Revocation[], seconds: number): Promise<RevocationEntry[]> {
    return this.query(
      `WITH written AS (
         INSERT INTO ${this.table} AS known (kind, id, since, until, written_at)
         SELECT DISTINCT kind, id, now, now + make_interval(secs => $3::float8), now
         FROM unnest($1::text[], $2::text[]) AS given (kind, id), (SELECT clock_timestamp() AS now) AS clock
         ORDER BY kind, id
         ON CONFLICT (kind, id) DO UPDATE
           SET since = excluded.since, until = GREATEST(known.until, excluded.until), written_at = excluded.written_at
         RETURNING known.kind, known.id, known.since, known.until
       )
       SELECT kind, id, since, until,
         pg_notify('${REVOKED}', concat_ws(' ', kind, id, ${millis('since')}, ${millis('until')})) AS told
       FROM written`,
      [revocations.map(({ kind }) => kind), revocations.map(({ id }) => id), seconds],
    );
  }

  /**
   * Reads the revocations that affect unexpired tokens; with `seconds`, only those written within that time. Includes
   * every ended session, even if a process crashed before it wrote the revocation.
   */
  async read(seconds?: number): Promise<RevocationEntry[]> {
    return this.query(
      `SELECT kind, id, since, until FROM ${this.table}
       WHERE until > now() AND written_at > COALESCE(now() - make_interval(secs => $1::float8), '-infinity')
       UNION ALL
       SELECT 'session', id::text, revoked_at, revoked_at + make_interval(secs => $2::float8) FROM ${this.sessions}
       WHERE revoked_at > now() - make_interval(secs => LEAST($1::float8, $2::float8))`,
      [seconds ?? null, this.accessLifetime],
    );
  }

  async countExpired(): Promise<number> {
    const [row] = await this.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM ${this.table} WHERE until <= now()`,
      [],
    );
    return row!.count;
  }

  /** Deletes up to `limit` revocations whose tokens have all expired; returns how many. */
  async deleteExpired(limit: number): Promise<number> {
    const { count } = await this.run(
      `DELETE FROM ${this.table} WHERE (kind, id) IN (
         SELECT kind, id FROM ${this.table} WHERE until <= now() LIMIT $1 FOR UPDATE SKIP LOCKED
       )`,
      [limit],
    );
    return count;
  }

  private async query<Row>(sql: string, parameters: unknown[]): Promise<Row[]> {
    return (await this.run<Row>(sql, parameters)).rows;
  }

  private run<Row>(text: string, values: unknown[]): Promise<StatementResult<Row>> {
    return runStatement(this.dataSource, { text, values });
  }
}

function millis(column: string): string {
  return `(extract(epoch FROM ${column}) * 1000)::bigint`;
}
