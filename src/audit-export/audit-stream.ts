import type { DataSource } from 'typeorm';
import { runStatement } from '../database/statement.js';
import { tableOf } from '../database/table-of.js';
import { AuditEvent } from '../events/audit-event.entity.js';
import { type ExportedEvent, LAST_ID, type Place, type PlacedEvent } from './exported-event.js';

/**
 * The oldest transaction that may still write: nothing can appear before it any more. Those of other databases on the
 * server do not count, but one that has ended since the snapshot does, because what it wrote is not visible yet.
 */
export const HORIZON = `(SELECT COALESCE(min(xid::text::bigint), pg_snapshot_xmax(pg_current_snapshot())::text::bigint)
  FROM pg_snapshot_xip(pg_current_snapshot()) AS xid WHERE NOT EXISTS (
    SELECT FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE locktype = 'transactionid' AND mode = 'ExclusiveLock'
      AND granted AND transactionid = xid::xid
      AND datid <> (SELECT oid FROM pg_database WHERE datname = current_database())))`;
/** The first transaction that has not begun. */
export const NEXT_XID = 'pg_snapshot_xmax(pg_current_snapshot())::text::bigint';

type Row = ExportedEvent & { xid: string };

/**
 * The audit trail in an order that no commit overtakes: by the transaction that wrote a row, up to the oldest one that
 * is still open. All methods throw `UnavailableError` when the database is unavailable.
 */
export class AuditStream {
  private readonly table: string;

  constructor(private readonly dataSource: DataSource) {
    this.table = tableOf(dataSource, AuditEvent);
  }

  /** Returns up to `limit` events after a place. Only those that happened at `since` or later, if it is given. */
  async read({ xid, id }: Place, limit: number, since?: Date): Promise<PlacedEvent[]> {
    const rows = await this.query<Row>(
      `SELECT written_xid AS xid, id, at, type, user_id AS "userId", session_id AS "sessionId", ip,
         user_agent AS "userAgent", request_id AS "requestId", count, details
       FROM ${this.table}
       WHERE (written_xid, id) > ($1::bigint, $2::uuid) AND written_xid < ${HORIZON}
         AND ($4::timestamptz IS NULL OR at >= $4)
       ORDER BY written_xid, id LIMIT $3`,
      [xid, id, limit, since?.toISOString() ?? null],
    );
    return rows.map(({ xid: written, ...event }) => ({
      xid: written,
      id: event.id,
      at: event.at,
      line: JSON.stringify(event),
    }));
  }

  /** The place after which all events come that are written from now on. */
  async now(): Promise<Place> {
    const [row] = await this.query<{ xid: string }>(`SELECT ${HORIZON} - 1 AS xid`, []);
    return { xid: row!.xid, id: LAST_ID };
  }

  /** A place after which all events come that happened at a time or later; others may come too. */
  async before(time: Date): Promise<Place> {
    const [row] = await this.query<{ xid: string }>(
      `SELECT LEAST(min(written_xid), ${HORIZON}) - 1 AS xid FROM ${this.table} WHERE at >= $1`,
      [time.toISOString()],
    );
    return { xid: row!.xid, id: LAST_ID };
  }

  /**
   * Whether this database has ever had the place. One that a client kept may be of another server, or of a future that a
   * restored backup does not know.
   */
  async knows({ xid, id }: Place): Promise<boolean> {
    const [row] = await this.query<{ known: boolean }>(
      `SELECT $1::bigint < ${NEXT_XID} AND ($2::uuid = '${LAST_ID}'
         OR EXISTS (SELECT FROM ${this.table} WHERE id = $2 AND written_xid >= $1)
         OR NOT EXISTS (SELECT FROM ${this.table} WHERE written_xid <= $1)) AS known`,
      [xid, id],
    );
    return row!.known;
  }

  private async query<Found>(text: string, values: unknown[]): Promise<Found[]> {
    return (await runStatement<Found>(this.dataSource, { text, values })).rows;
  }
}
