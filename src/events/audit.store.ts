import type { DataSource } from 'typeorm';
import type { Expiring } from '../cleanup/cleanup.js';
import { runStatement, type StatementResult } from '../database/statement.js';
import { tableOf } from '../database/table-of.js';
import { RefreshToken } from '../sessions/refresh-token.entity.js';
import { AuditDeadLetter } from './audit-dead-letter.entity.js';
import { AuditEvent } from './audit-event.entity.js';
import { AuditReceiver } from './audit-receiver.entity.js';
import { type AuditRows, insertBoth, insertSingle, ON_REPEAT, rowsOf, toColumns } from './audit-rows.js';
import type { AuthEvent } from './auth-event.js';
import type { Repeat } from './repeats.js';

/** An event as stored. */
export type KeptEvent = Omit<AuditEvent, 'id' | 'userId' | 'repeatKey' | 'writtenXid'>;

/** SQLSTATE insufficient_privilege. */
const NOT_ALLOWED = '42501';
/** More user agents than anyone plausibly logs in with. */
const MAX_USER_AGENTS = 500;

/**
 * The audit trail in PostgreSQL. Needs only INSERT and SELECT on its table, and UPDATE of its columns `count` and
 * `written_xid`: without the first, repeats are not counted; without the second, whoever has got an event does not learn
 * of repeats. Without DELETE, it leaves old events to a role that has it. All methods throw `UnavailableError` when the
 * database is unavailable.
 */
export class AuditStore implements Expiring {
  private readonly table: string;
  private readonly sessions: string;
  private readonly receivers: string;
  private readonly letters: string;
  /** What the database role may do to a row that repeats, as an index of {@link ON_REPEAT}. */
  private onRepeat = 0;

  /** @param retention seconds for which events are kept */
  constructor(
    private readonly dataSource: DataSource,
    private readonly retention: number,
    private readonly warn: (message: string) => void = () => undefined,
  ) {
    this.table = tableOf(dataSource, AuditEvent);
    this.sessions = tableOf(dataSource, RefreshToken);
    this.receivers = tableOf(dataSource, AuditReceiver);
    this.letters = tableOf(dataSource, AuditDeadLetter);
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
      const least = ON_REPEAT.length - 1;
      if (this.onRepeat === least || rows.folded.length === 0 || !isNotAllowed(error)) throw error;
      if (++this.onRepeat === least)
        this.warn('This database role may not update auth_events.count, so repeated events are not counted');
      await this.insert(events, repeatOf);
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

  /**
   * Removes the personal data of a user who has been deleted: where from, with what, and masked addresses. What happened
   * stays. Also from the dead letters, which are not sent again.
   */
  async forget(userId: string): Promise<void> {
    await this.query(
      `UPDATE ${this.table} SET ip = NULL, user_agent = NULL, request_id = NULL, repeat_key = NULL,
         details = details - '{email,account,traceparent}'::text[]
       WHERE user_id = $1`,
      [userId],
    );
    await this.query(`DELETE FROM ${this.letters} WHERE event::jsonb ->> 'userId' = $1`, [userId]);
  }

  async countExpired(): Promise<number> {
    const [row] = await this.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM ${this.table} AS event WHERE ${this.expired}`,
      [this.retention],
    );
    return row!.count;
  }

  /**
   * Deletes events past the retention. Those that a receiver has not got yet are kept twice as long, and then counted as
   * lost to it, and so are dead letters. Takes no row locks, which would require the UPDATE privilege: only one instance cleans up at a time
   * anyway.
   */
  async deleteExpired(limit: number): Promise<number> {
    const sql = `
      WITH gone AS (
        DELETE FROM ${this.table} WHERE id IN (
          SELECT id FROM ${this.table} AS event WHERE ${this.expired} ORDER BY at LIMIT $2
        ) RETURNING written_xid, id
      ), letters AS (
        DELETE FROM ${this.letters} WHERE ${this.overdue} RETURNING receiver
      ), lost AS (
        UPDATE ${this.receivers} AS known SET lost = known.lost + missed.count
        FROM (
          SELECT name, count(*) AS count FROM (
            SELECT name FROM ${this.receivers}, gone WHERE (written_xid, id) > (position_xid, position_id)
            UNION ALL SELECT receiver FROM letters
          ) AS each GROUP BY name
        ) AS missed WHERE known.name = missed.name
      )
      SELECT count(*)::int AS count FROM gone`;
    try {
      return (await this.query<{ count: number }>(sql, [this.retention, limit]))[0]!.count;
    } catch (error) {
      if (isNotAllowed(error)) return 0;
      throw error;
    }
  }

  private get expired(): string {
    return `at < now() - make_interval(secs => $1::float8) AND (${this.overdue} OR NOT EXISTS (
      SELECT FROM ${this.receivers} WHERE (event.written_xid, event.id) > (position_xid, position_id)))`;
  }

  /** The limit up to which receivers that lag behind may fill the disk. */
  private get overdue(): string {
    return 'at < now() - 2 * make_interval(secs => $1::float8)';
  }

  private async write({ single, folded }: AuditRows): Promise<void> {
    if (folded.length === 0) return void (await this.query(insertSingle(this.table), toColumns(single)));
    const sql = insertBoth(this.table, ON_REPEAT[this.onRepeat]!);
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
