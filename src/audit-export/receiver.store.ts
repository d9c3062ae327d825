import type { DataSource } from 'typeorm';
import { runStatement } from '../database/statement.js';
import { tableOf } from '../database/table-of.js';
import { AuditDeadLetter } from '../events/audit-dead-letter.entity.js';
import { AuditEvent } from '../events/audit-event.entity.js';
import { AuditReceiver } from '../events/audit-receiver.entity.js';
import { HORIZON } from './audit-stream.js';
import type { Place, PlacedEvent } from './exported-event.js';

/** Where a receiver is, as its sender needs it. */
export interface ReceiverPlace extends Place {
  failures: number;
  /** Milliseconds until the next attempt is due; 0 or less: now. */
  waitMs: number;
}

/** Why an event becomes a dead letter, after how many attempts that were not counted, and when to go on. */
export interface Burial {
  reason: string;
  attempts: number;
  delayMs: number;
}

/** How a receiver is doing. Times are on the database's clock. */
export interface AuditReceiverStatus {
  name: string;
  /** Seconds since the oldest event happened that it has not got; 0 if it has all. */
  lagSeconds: number;
  /** Whether an event waits because a transaction that is older is still open, which may write another before it. */
  heldBack: boolean;
  delivered: number;
  /** Attempts that failed. */
  failed: number;
  /** Events that were deleted at twice the retention before it got them. */
  lost: number;
  deadLetters: number;
  failingSince: Date | null;
  nextAttemptAt: Date | null;
  lastError: string | null;
  deliveredAt: Date | null;
}

const MAX_REASON = 300;
const WAIT_MS = 'COALESCE(extract(epoch FROM next_attempt_at - clock_timestamp()) * 1000, 0)::float8';

/**
 * The cursors of all receivers. A cursor moves only from where its sender believes it to be, so that one that has lost
 * its lease without noticing changes nothing. All methods throw `UnavailableError` when the database is unavailable.
 */
export class ReceiverStore {
  private readonly receivers: string;
  private readonly letters: string;
  private readonly events: string;

  constructor(private readonly dataSource: DataSource) {
    this.receivers = tableOf(dataSource, AuditReceiver);
    this.letters = tableOf(dataSource, AuditDeadLetter);
    this.events = tableOf(dataSource, AuditEvent);
  }

  async find(name: string): Promise<ReceiverPlace | null> {
    const [row] = await this.query<ReceiverPlace>(
      `SELECT position_xid AS xid, position_id AS id, failures, ${WAIT_MS} AS "waitMs"
       FROM ${this.receivers} WHERE name = $1`,
      [name],
    );
    return row ?? null;
  }

  /** The names of all others than these. */
  async without(names: readonly string[]): Promise<string[]> {
    const rows = await this.query<{ name: string }>(
      `SELECT name FROM ${this.receivers} WHERE name <> ALL ($1::text[]) ORDER BY name`,
      [names],
    );
    return rows.map(({ name }) => name);
  }

  /** Adds a receiver at a place, unless it exists. */
  async add(name: string, { xid, id }: Place): Promise<void> {
    await this.query(
      `INSERT INTO ${this.receivers} (name, position_xid, position_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
      [name, xid, id],
    );
  }

  /** Puts a receiver to another place. False if there is none of this name. */
  async move(name: string, { xid, id }: Place): Promise<boolean> {
    return this.changes(
      `UPDATE ${this.receivers} SET position_xid = $2, position_id = $3, failures = 0, failing_since = NULL,
         next_attempt_at = NULL WHERE name = $1`,
      [name, xid, id],
    );
  }

  /** Removes a receiver with its dead letters. False if there is none of this name. */
  async remove(name: string): Promise<boolean> {
    return this.changes(
      `WITH letters AS (DELETE FROM ${this.letters} WHERE receiver = $1)
       DELETE FROM ${this.receivers} WHERE name = $1`,
      [name],
    );
  }

  /** The receiver has got `count` events, up to `to`. False if its cursor was elsewhere. */
  async delivered(name: string, from: Place, to: Place, count: number): Promise<boolean> {
    return this.changes(
      `UPDATE ${this.receivers} SET position_xid = $4, position_id = $5, delivered = delivered + $6, failures = 0,
         failing_since = NULL, next_attempt_at = NULL, last_error = NULL, delivered_at = clock_timestamp()
       WHERE name = $1 AND position_xid = $2 AND position_id = $3`,
      [name, from.xid, from.id, to.xid, to.id, count],
    );
  }

  /** An attempt failed; returns for how many milliseconds they have. */
  async failed(name: string, reason: string, delayMs: number): Promise<number> {
    const [row] = await this.query<{ failing: number }>(
      `UPDATE ${this.receivers} SET failed = failed + 1, failures = failures + 1, last_error = $2,
         failing_since = COALESCE(failing_since, clock_timestamp()),
         next_attempt_at = clock_timestamp() + make_interval(secs => $3::float8)
       WHERE name = $1 RETURNING (extract(epoch FROM clock_timestamp() - failing_since) * 1000)::float8 AS failing`,
      [name, reason.slice(0, MAX_REASON), delayMs / 1_000],
    );
    return row?.failing ?? 0;
  }

  /** The next event becomes a dead letter, and the cursor moves past it. False if the cursor was elsewhere. */
  async bury(name: string, from: Place, event: PlacedEvent, why: Burial): Promise<boolean> {
    return this.changes(
      `WITH moved AS (
         UPDATE ${this.receivers} SET position_xid = $4, position_id = $5, failed = failed + $10, last_error = $8,
           failing_since = NULL, next_attempt_at = clock_timestamp() + make_interval(secs => $9::float8)
         WHERE name = $1 AND position_xid = $2 AND position_id = $3 RETURNING name
       )
       INSERT INTO ${this.letters} AS known (receiver, event_id, at, event, reason)
       SELECT name, $5, $6::timestamptz, $7, $8 FROM moved
       ON CONFLICT (receiver, event_id) DO UPDATE SET event = excluded.event, reason = excluded.reason,
         attempts = known.attempts + 1, failed_at = excluded.failed_at`,
      [
        name,
        from.xid,
        from.id,
        event.xid,
        event.id,
        event.at.toISOString(),
        event.line,
        why.reason.slice(0, MAX_REASON),
        why.delayMs / 1_000,
        why.attempts,
      ],
    );
  }

  /** Describes receivers: those with these names, or all. */
  async list(names?: readonly string[]): Promise<AuditReceiverStatus[]> {
    return this.query(
      `SELECT name, GREATEST(0, COALESCE(extract(epoch FROM clock_timestamp() - next.at), 0))::float8 AS "lagSeconds",
         COALESCE(next.written_xid >= ${HORIZON}, false) AS "heldBack",
         delivered::float8 AS delivered, failed::float8 AS failed, lost::float8 AS lost,
         (SELECT count(*)::int FROM ${this.letters} WHERE receiver = name) AS "deadLetters",
         failing_since AS "failingSince", next_attempt_at AS "nextAttemptAt", last_error AS "lastError",
         delivered_at AS "deliveredAt"
       FROM ${this.receivers} LEFT JOIN LATERAL (
         SELECT at, written_xid FROM ${this.events} WHERE (written_xid, id) > (position_xid, position_id)
         ORDER BY written_xid, id LIMIT 1
       ) AS next ON true
       WHERE $1::text[] IS NULL OR name = ANY ($1) ORDER BY name`,
      [names ?? null],
    );
  }

  private async changes(text: string, values: unknown[]): Promise<boolean> {
    return (await runStatement(this.dataSource, { text, values })).count > 0;
  }

  private async query<Row>(text: string, values: unknown[]): Promise<Row[]> {
    return (await runStatement<Row>(this.dataSource, { text, values })).rows;
  }
}
