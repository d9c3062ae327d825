import { createHash, randomUUID } from 'node:crypto';
import type { DataSource, EntityManager } from 'typeorm';
import type { Expiring } from '../cleanup/cleanup.js';
import { runInTransaction, runStatement } from '../database/statement.js';
import { tableOf } from '../database/table-of.js';
import { StoredMail } from './mail.entity.js';
import { mailAddress } from './mail-address.js';
import { parsePlace, printPlace } from './mail-cursor.js';
import {
  type LeasedMail,
  type MailOutbox,
  type MailPage,
  type MailQuery,
  type MailStats,
  type NewMail,
  OUTBOX_TIMES,
  type OutboxMail,
} from './mail-outbox.js';

const IDENTITY = `id, action_id AS "actionId", user_id AS "userId", recipient, template, locale, attempts,
  created_at AS "createdAt"`;
const DESCRIPTION = `${IDENTITY}, CASE WHEN sent_at IS NOT NULL THEN 'sent' WHEN failed_at IS NOT NULL THEN 'failed'
  ELSE 'queued' END AS state, next_at AS "nextAt", sent_at AS "sentAt", failed_at AS "failedAt", error`;
const QUEUED = 'sent_at IS NULL AND failed_at IS NULL';
/** Each condition is that of an index. */
const STATES = { queued: QUEUED, sent: 'sent_at IS NOT NULL', failed: 'failed_at IS NOT NULL' };
const EXPIRED = `((sent_at IS NOT NULL AND created_at < now() - make_interval(secs => ${OUTBOX_TIMES.keepSent}))
  OR (failed_at IS NOT NULL AND created_at < now() - make_interval(secs => ${OUTBOX_TIMES.keepFailed})))`;
const LIMIT = 50;

/** The outbox in PostgreSQL. */
export class PostgresMailOutbox implements MailOutbox, Expiring {
  /** The channel on which workers hear of new mails: that of the table, because a database may have several. */
  readonly channel: string;
  private readonly table: string;

  constructor(private readonly dataSource: DataSource) {
    this.table = tableOf(dataSource, StoredMail);
    this.channel = `latchkey_mails_${createHash('sha256').update(this.table).digest('hex').slice(0, 16)}`;
  }

  async enqueue(mail: NewMail, transaction?: EntityManager): Promise<string | null> {
    const { template, to, data = {}, actionId, userId, locale, dedupeKey } = mail;
    const statement = {
      text: `WITH written AS (
          INSERT INTO ${this.table} (id, template, recipient, data, action_id, user_id, locale, dedupe_key, next_at, created_at)
          VALUES ($1, $2, $3, $4, $5, $6, $7, $8, clock_timestamp(), clock_timestamp())
          ON CONFLICT (dedupe_key) DO NOTHING RETURNING id
        ) SELECT id, pg_notify('${this.channel}', '') FROM written`,
      values: [
        randomUUID(),
        template,
        mailAddress(to),
        JSON.stringify(data),
        ...[actionId, userId, locale, dedupeKey].map((value) => value ?? null),
      ],
    };
    const { rows } = transaction
      ? await runInTransaction<{ id: string }>(transaction, statement)
      : await runStatement<{ id: string }>(this.dataSource, statement);
    return rows[0]?.id ?? null;
  }

  /** Notifies workers as {@link enqueue} does, whether or not there is a mail; PostgreSQL sends both as one. */
  async wake(transaction?: EntityManager): Promise<void> {
    const statement = { text: `SELECT pg_notify('${this.channel}', '')`, values: [] };
    await (transaction ? runInTransaction(transaction, statement) : runStatement(this.dataSource, statement));
  }

  async lease(limit: number): Promise<LeasedMail[]> {
    // MATERIALIZED: a plan that runs the part with the lock more than once would lease more than the limit.
    return this.query(
      `WITH due AS MATERIALIZED (
         SELECT id FROM ${this.table} WHERE ${QUEUED} AND next_at <= clock_timestamp()
           AND (leased_until IS NULL OR leased_until <= clock_timestamp())
         ORDER BY next_at LIMIT $1 FOR UPDATE SKIP LOCKED
       ), leased AS (
         UPDATE ${this.table} AS mail SET attempts = attempts + 1,
           leased_until = clock_timestamp() + make_interval(secs => ${OUTBOX_TIMES.lease})
         FROM due WHERE mail.id = due.id RETURNING mail.*
       ) SELECT ${IDENTITY}, data FROM leased ORDER BY next_at, id`,
      [limit],
    );
  }

  async sent(ids: readonly string[]): Promise<void> {
    await this.query(
      `UPDATE ${this.table} SET sent_at = clock_timestamp(), failed_at = NULL, leased_until = NULL, error = NULL,
         data = '{}' WHERE id = ANY ($1::uuid[]) AND sent_at IS NULL`,
      [ids],
    );
  }

  async retryLater(id: string, reason: string, delayMs: number): Promise<void> {
    await this.query(
      `UPDATE ${this.table} SET leased_until = NULL, error = $2,
         next_at = clock_timestamp() + make_interval(secs => $3::float8 / 1000) WHERE id = $1 AND ${QUEUED}`,
      [id, reason, delayMs],
    );
  }

  async failed(id: string, reason: string): Promise<void> {
    await this.query(
      `UPDATE ${this.table} SET failed_at = clock_timestamp(), leased_until = NULL, error = $2 WHERE id = $1 AND ${QUEUED}`,
      [id, reason],
    );
  }

  async release(ids: readonly string[]): Promise<void> {
    await this.query(
      `WITH released AS (
         UPDATE ${this.table} SET leased_until = NULL, attempts = attempts - 1
         WHERE id = ANY ($1::uuid[]) AND leased_until IS NOT NULL AND ${QUEUED} RETURNING id
       ) SELECT pg_notify('${this.channel}', '') WHERE EXISTS (SELECT FROM released)`,
      [ids],
    );
  }

  async list({ state, limit = LIMIT, cursor }: MailQuery = {}): Promise<MailPage> {
    const place = cursor === undefined ? undefined : parsePlace(cursor);
    const rows = await this.query<OutboxMail & { at: string }>(
      `SELECT ${DESCRIPTION},
         to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS at
       FROM ${this.table} WHERE ${state ? STATES[state] : 'true'}
         AND ($2::timestamptz IS NULL OR (created_at, id) < ($2::timestamptz, $3::uuid))
       ORDER BY created_at DESC, id DESC LIMIT $1`,
      [limit + 1, place?.at ?? null, place?.id ?? null],
    );
    const last = rows.length > limit ? rows[limit - 1] : undefined;
    const items = rows.slice(0, limit).map((row): OutboxMail => {
      const { at: _, ...mail } = row;
      return mail;
    });
    return { items, nextCursor: last ? printPlace(last) : null };
  }

  async retry(ids?: readonly string[]): Promise<number> {
    const rows = await this.query(
      `WITH due AS (
         UPDATE ${this.table} SET failed_at = NULL, attempts = 0, next_at = clock_timestamp()
         WHERE ${ids ? 'id = ANY ($1::uuid[]) AND sent_at IS NULL' : '$1::uuid[] IS NULL AND failed_at IS NOT NULL'}
         RETURNING id
       ) SELECT id, pg_notify('${this.channel}', '') FROM due`,
      [ids ?? null],
    );
    return rows.length;
  }

  async stats(): Promise<MailStats> {
    const [row] = await this.query<MailStats>(
      `SELECT queued, failed, GREATEST(0, COALESCE(oldest, 0))::float8 AS "oldestSeconds" FROM
         (SELECT count(*)::int AS queued, extract(epoch FROM clock_timestamp() - min(created_at)) AS oldest
          FROM ${this.table} WHERE ${QUEUED}) AS waiting,
         (SELECT count(*)::int AS failed FROM ${this.table} WHERE failed_at IS NOT NULL) AS given_up`,
    );
    return row!;
  }

  listOf(userId: string): Promise<OutboxMail[]> {
    return this.query(
      `SELECT ${DESCRIPTION} FROM ${this.table} WHERE user_id = $1 ORDER BY created_at DESC, id DESC`,
      [userId],
    );
  }

  async forget(userId: string): Promise<void> {
    await this.query(`DELETE FROM ${this.table} WHERE user_id = $1`, [userId]);
  }

  async countExpired(): Promise<number> {
    const [row] = await this.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM ${this.table} WHERE ${EXPIRED}`,
    );
    return row!.count;
  }

  async deleteExpired(limit: number): Promise<number> {
    const { count } = await runStatement(this.dataSource, {
      text: `DELETE FROM ${this.table} WHERE id IN (
          SELECT id FROM ${this.table} WHERE ${EXPIRED} ORDER BY created_at LIMIT $1 FOR UPDATE SKIP LOCKED)`,
      values: [limit],
    });
    return count;
  }

  private async query<Row>(text: string, values: unknown[] = []): Promise<Row[]> {
    return (await runStatement<Row>(this.dataSource, { text, values })).rows;
  }
}
