import { setTimeout as sleep } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import type { Leases } from '../database/leases.js';
import { runStatement } from '../database/statement.js';
import { tableOf } from '../database/table-of.js';
import { AuditEvent } from '../events/audit-event.entity.js';
import { UnavailableError } from '../errors/auth-errors.js';
import { AuditReceiver } from '../events/audit-receiver.entity.js';
import { NEXT_XID } from './audit-stream.js';
import { LAST_ID, type Place } from './exported-event.js';

const BATCH = 5_000;
/** SQLSTATE insufficient_privilege. */
const NOT_ALLOWED = '42501';
/** What an operator has to do first. */
export const MISSING_PRIVILEGE =
  'a backup was restored on another server, and to put its events in order this database role needs the privilege ' +
  'UPDATE (written_xid) ON auth_events';
const LEASE = { lastsMs: 60_000, waitMs: 0 };
/** How long a reader waits for another instance that puts the events in order. */
const PATIENCE_MS = 20_000;
const POLL_MS = 200;

/**
 * Puts the audit trail in order after a dump was restored on another server, where the transaction ids that its rows
 * carry have not been given out yet: events that all receivers had got come first, and the others now. No event is
 * skipped; some may be delivered again.
 */
export class Renumbering {
  private readonly events: string;
  private readonly receivers: string;

  constructor(
    private readonly dataSource: DataSource,
    private readonly leases: Leases,
  ) {
    this.events = tableOf(dataSource, AuditEvent);
    this.receivers = tableOf(dataSource, AuditReceiver);
  }

  /** Whether rows, cursors, or a place that somebody remembers carry ids that this server has not given out yet. */
  async isNeeded(place?: Place): Promise<boolean> {
    const [row] = await this.query<{ needed: boolean }>(
      `SELECT GREATEST((SELECT max(written_xid) FROM ${this.events}), (SELECT max(position_xid) FROM ${this.receivers}),
         $1::bigint)
         >= ${NEXT_XID} AS needed`,
      [place?.xid ?? null],
    );
    return row!.needed;
  }

  /** Whether this database role may do it. */
  async isAllowed(): Promise<boolean> {
    const [row] = await this.query<{ allowed: boolean }>(
      `SELECT has_column_privilege($1, 'written_xid', 'UPDATE') AS allowed`,
      [this.events],
    );
    return row!.allowed;
  }

  /**
   * Puts the trail in order if that is needed, or waits for the instance that does so; resolves to whether it was
   * needed. Whoever reads the trail calls it first: otherwise it would miss events without noticing.
   * @throws Error that says which privilege the role lacks
   * @throws UnavailableError when another instance is not ready in time
   */
  async ensure(): Promise<boolean> {
    if (!(await this.isNeeded())) return false;
    const end = performance.now() + PATIENCE_MS;
    do {
      if (!(await this.run())) await sleep(POLL_MS);
      if (performance.now() > end) throw new UnavailableError({ retryAfter: 1 });
    } while (await this.isNeeded());
    return true;
  }

  /**
   * Resolves to false if another instance is doing it.
   * @throws Error that says which privilege the role lacks
   */
  async run(): Promise<boolean> {
    const lease = await this.leases.acquire('audit-renumbering', LEASE);
    if (!lease) return false;
    try {
      for (let more = true; more && (await lease.renew());)
        more = (await this.forgetDelivered()) === BATCH || (await this.moveOthers()) === BATCH;
      return true;
    } catch (error) {
      if ((error as { code?: string }).code !== NOT_ALLOWED) throw error;
      throw new Error(MISSING_PRIVILEGE, { cause: error });
    } finally {
      await lease.release();
    }
  }

  /** Rows up to the cursor that is furthest behind come before everything else. */
  private async forgetDelivered(): Promise<number> {
    const { count } = await this.change(
      `UPDATE ${this.events} SET written_xid = 0 WHERE id IN (
         SELECT id FROM ${this.events} WHERE written_xid >= ${NEXT_XID} AND NOT EXISTS (
           SELECT FROM ${this.receivers} WHERE (written_xid, id) > (position_xid, position_id)
         ) ORDER BY written_xid, id LIMIT ${BATCH})`,
    );
    return count;
  }

  /** The last batch also moves the cursors: until then they say what is left to do. */
  private async moveOthers(): Promise<number> {
    const { rows } = await this.change<{ count: number }>(
      `WITH moved AS (
         UPDATE ${this.events} SET written_xid = DEFAULT WHERE id IN (
           SELECT id FROM ${this.events} WHERE written_xid >= ${NEXT_XID} ORDER BY written_xid, id LIMIT ${BATCH}
         ) RETURNING id
       ), reset AS (
         UPDATE ${this.receivers} SET position_xid = 0, position_id = '${LAST_ID}'
         WHERE (SELECT count(*) FROM moved) < ${BATCH}
       )
       SELECT count(*)::int AS count FROM moved`,
    );
    return rows[0]!.count;
  }

  private change<Row>(text: string) {
    return runStatement<Row>(this.dataSource, { text, values: [] });
  }

  private async query<Row>(text: string, values: unknown[]): Promise<Row[]> {
    return (await runStatement<Row>(this.dataSource, { text, values })).rows;
  }
}
