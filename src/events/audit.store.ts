import type { DataSource } from 'typeorm';
import type { Expiring } from '../cleanup/cleanup.js';
import { runStatement, type StatementResult } from '../database/statement.js';
import { tableOf } from '../database/table-of.js';
import { RefreshToken } from '../sessions/refresh-token.entity.js';
import { AuditEvent } from './audit-event.entity.js';
import { type AuditRows, insertBoth, insertSingle, rowsOf, toColumns } from './audit-rows.js';
import type { AuthEvent } from './auth-event.js';
import type { Repeat } from './repeats.js';

/** An event as stored. */
export type KeptEvent = Omit<AuditEvent, 'id' | 'userId' | 'repeatKey'>;

/** SQLSTATE insufficient_privilege. */
const NOT_ALLOWED = '42501';
/** More user agents than anyone plausibly logs in with. */
const MAX_USER_AGENTS = 500;

/**
 * The audit trail in PostgreSQL. Needs only INSERT and SELECT on its table, and UPDATE of its column `count`: without
 * that, repeats are not counted. Without DELETE, it leaves old events to a role that has it. All methods throw `UnavailableError` when the database is unavailable.
 */
export class AuditStore implements Expiring {
  private readonly table: string;
  private readonly sessions: string;
  /** Whether the database role has the UPDATE privilege for the count. */
  private mayCount = true;

  /** @param retention seconds for which events are kept */
  constructor(
    private readonly dataSource: DataSource,
    private readonly retention: number,
    private readonly warn: (message: string) => void = () => undefined,
  ) {
    this.table = tableOf(dataSource, AuditEvent);
    this.sessions = tableOf(dataSource, RefreshToken);
  }

  /**
   * Inserts all events or none, in one statement. Skips ids that already exist, so a retry is harmless. Repeats of an
   * event that has a row already, written by any instance, raise the count of that row.
   */
  async insert(
    events: readonly AuthEvent[],
    repeatOf: (event: AuthEvent) => Repeat | undefined = () => undefined,
  ): Promise<void> {
    const rows = rowsOf(events, repeatOf);
    try {
      await this.write(rows);
    } catch (error) {
      if (!this.mayCount || rows.folded.length === 0 || !isNotAllowed(error)) throw error;
      this.mayCount = false;
      this.warn('This database role may not update auth_events.count, so repeated events are not counted');
      await this.write(rows);
    }
  }

  /** Returns the latest events of a user, newest first. */
  async newestOf(userId: string, limit: number): Promise<KeptEvent[]> {
    return this.query(
      `SELECT at, type, session_id AS "sessionId", ip, user_agent AS "userAgent", request_id AS "requestId", details, count
       FROM ${this.table} WHERE user_id = $1 ORDER BY at DESC, id DESC LIMIT $2`,
      [userId, limit],
    );
  }

  /** Returns the user agents of a user's logins, excluding the session `except`. */
  async userAgentsOf(userId: string, except: string): Promise<(string | null)[]> {
    const rows = await this.query<{ userAgent: string | null }>(
      `SELECT user_agent AS "userAgent" FROM ${this.table}
       WHERE user_id = $1 AND type IN ('registered', 'logged-in') AND session_id IS DISTINCT FROM $2
       UNION
       SELECT user_agent FROM ${this.sessions} WHERE user_id = $1 AND id::text <> $2
       LIMIT ${MAX_USER_AGENTS}`,
      [userId, except],
    );
    return rows.map((row) => row.userAgent);
  }

  async countExpired(): Promise<number> {
    const [row] = await this.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM ${this.table} WHERE at < now() - make_interval(secs => $1::float8)`,
      [this.retention],
    );
    return row!.count;
  }

  /** Takes no row locks, which would require the UPDATE privilege: only one instance cleans up at a time anyway. */
  async deleteExpired(limit: number): Promise<number> {
    const sql = `
      DELETE FROM ${this.table} WHERE id IN (
        SELECT id FROM ${this.table} WHERE at < now() - make_interval(secs => $1::float8) ORDER BY at LIMIT $2
      )`;
    try {
      return (await this.run(sql, [this.retention, limit])).count;
    } catch (error) {
      if (isNotAllowed(error)) return 0;
      throw error;
    }
  }

  private async write({ single, folded }: AuditRows): Promise<void> {
    if (folded.length === 0) return void (await this.query(insertSingle(this.table), toColumns(single)));
    const sql = insertBoth(this.table, this.mayCount);
    await this.query(sql, [...toColumns(single), ...toColumns(folded)]);
  }

  private async query<Row>(sql: string, parameters: unknown[]): Promise<Row[]> {
    return (await this.run<Row>(sql, parameters)).rows;
  }

  private run<Row>(text: string, values: unknown[]): Promise<StatementResult<Row>> {
    return runStatement(this.dataSource, { text, values });
  }
}

function isNotAllowed(error: unknown): boolean {
  return (error as { code?: string }).code === NOT_ALLOWED;
}
