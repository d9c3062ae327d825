import type { DataSource } from 'typeorm';
import { runStatement } from '../database/statement.js';
import { tableOf } from '../database/table-of.js';
import { AuditDeadLetter } from '../events/audit-dead-letter.entity.js';
import { AuditReceiver } from '../events/audit-receiver.entity.js';

/** Which dead letters: all that match what is given. */
export interface DeadLetterQuery {
  receiver?: string;
  /** The ids of the events. */
  ids?: readonly string[];
}

/** A dead letter as an operator sees it. `event` is the line of JSON that was sent. */
export type DeadLetter = Pick<
  AuditDeadLetter,
  'receiver' | 'eventId' | 'event' | 'reason' | 'attempts' | 'failedAt' | 'requestedAt'
>;

const WHICH = '($1::text IS NULL OR receiver = $1) AND ($2::uuid[] IS NULL OR event_id = ANY ($2))';

/** Events that receivers did not take. All methods throw `UnavailableError` when the database is unavailable. */
export class DeadLetters {
  private readonly table: string;
  private readonly receivers: string;

  constructor(private readonly dataSource: DataSource) {
    this.table = tableOf(dataSource, AuditDeadLetter);
    this.receivers = tableOf(dataSource, AuditReceiver);
  }

  /** Returns the oldest ones. */
  async list(query: DeadLetterQuery, limit: number): Promise<DeadLetter[]> {
    const { rows } = await this.run<DeadLetter>(
      `SELECT receiver, event_id AS "eventId", event, reason, attempts, failed_at AS "failedAt",
         requested_at AS "requestedAt"
       FROM ${this.table} WHERE ${WHICH} ORDER BY at, event_id, receiver LIMIT $3`,
      [...valuesOf(query), limit],
    );
    return rows;
  }

  /** Asks the sender to send them again; returns how many. */
  async request(query: DeadLetterQuery): Promise<number> {
    const sql = `UPDATE ${this.table} SET requested_at = COALESCE(requested_at, clock_timestamp()) WHERE ${WHICH}`;
    return (await this.run(sql, valuesOf(query))).count;
  }

  /** Deletes them; returns how many. */
  async discard(query: DeadLetterQuery): Promise<number> {
    return (await this.run(`DELETE FROM ${this.table} WHERE ${WHICH}`, valuesOf(query))).count;
  }

  /** The oldest one that is to be sent again. */
  async due(receiver: string): Promise<Pick<AuditDeadLetter, 'eventId' | 'event'> | null> {
    const { rows } = await this.run<Pick<AuditDeadLetter, 'eventId' | 'event'>>(
      `SELECT event_id AS "eventId", event FROM ${this.table}
       WHERE receiver = $1 AND requested_at IS NOT NULL ORDER BY at, event_id LIMIT 1`,
      [receiver],
    );
    return rows[0] ?? null;
  }

  /** The receiver has got it after all. */
  async settled(receiver: string, eventId: string): Promise<void> {
    await this.run(
      `WITH settled AS (DELETE FROM ${this.table} WHERE receiver = $1 AND event_id = $2 RETURNING receiver)
       UPDATE ${this.receivers} SET delivered = delivered + 1 FROM settled WHERE name = receiver`,
      [receiver, eventId],
    );
  }

  /** It failed again, and stays until somebody asks once more. */
  async failedAgain(receiver: string, eventId: string, reason: string): Promise<void> {
    await this.run(
      `UPDATE ${this.table} SET requested_at = NULL, reason = $3, attempts = attempts + 1,
         failed_at = clock_timestamp() WHERE receiver = $1 AND event_id = $2`,
      [receiver, eventId, reason],
    );
  }

  private run<Row>(text: string, values: unknown[]) {
    return runStatement<Row>(this.dataSource, { text, values });
  }
}

function valuesOf({ receiver, ids }: DeadLetterQuery): unknown[] {
  return [receiver ?? null, ids ?? null];
}
