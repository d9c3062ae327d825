import type { DataSource, EntityManager } from 'typeorm';
import { type Sql, sqlOn } from '../database/sql.js';
import { tableOf } from '../database/table-of.js';
import { isUuid } from '../database/uuid.js';
import { StoredAccount } from './account.entity.js';
import { StoredAction } from './action.entity.js';
import { ACTION_LIFETIMES } from './action-purposes.js';
import {
  type Action,
  type ActionStore,
  type CancelFilter,
  MAX_SECRETS,
  type NewAction,
  SENDABLE_SECONDS,
} from './action-store.js';

type Row = Omit<Action, 'secrets' | 'binding' | 'payload'> & {
  secrets: string[];
  binding: string | null;
  payload: string | null;
};

const COLUMNS = `id, purpose, user_id AS "userId", epoch, email, encode(binding, 'hex') AS binding,
  encode(payload, 'hex') AS payload, created_at AS "createdAt", expires_at AS "expiresAt",
  ARRAY(SELECT encode(each, 'hex') FROM unnest(secrets) AS each) AS secrets`;

const UNUSED = 'consumed_at IS NULL AND expires_at > clock_timestamp()';

const LIFETIME = `make_interval(secs => CASE purpose ${Object.entries(ACTION_LIFETIMES)
  .map(([purpose, seconds]) => `WHEN '${purpose}' THEN ${seconds}`)
  .join(' ')} END)`;

/** Nobody has a link to it yet. */
const UNSENT = 'cardinality(secrets) = 0';

/** Used actions are kept for a while, for whoever has to find out what happened, and unsent ones for their mails. */
const EXPIRED = `expires_at < now() - interval '1 day'
  AND (consumed_at IS NOT NULL OR NOT ${UNSENT} OR created_at < now() - make_interval(secs => ${SENDABLE_SECONDS}))`;

/** Actions in PostgreSQL: each change is one conditional statement on the database's clock. */
export class PostgresActionStore implements ActionStore {
  private readonly table: string;
  /** In the epoch of its account. */
  private readonly alive: string;
  private readonly usable: string;
  private readonly epoch: (userId: string) => string;
  private readonly sql: Sql;

  constructor(dataSource: DataSource, manager?: EntityManager) {
    this.table = tableOf(dataSource, StoredAction);
    const accounts = tableOf(dataSource, StoredAccount);
    this.sql = sqlOn(dataSource, manager);
    this.epoch = (userId) => `COALESCE((SELECT epoch FROM ${accounts} WHERE user_id = ${userId}), 0)`;
    this.alive = `(user_id IS NULL OR epoch IS NULL OR epoch = ${this.epoch('action.user_id')})`;
    this.usable = `${UNUSED} AND ${this.alive}`;
  }

  async create({
    id,
    purpose,
    userId,
    email,
    binding,
    payload,
    secrets,
    outlivesEpoch,
  }: NewAction): Promise<void> {
    await this.sql(
      `INSERT INTO ${this.table} (id, purpose, user_id, email, epoch, binding, payload, secrets, created_at, expires_at)
       VALUES ($1, $2, $3, $4, CASE WHEN $5::boolean THEN NULL ELSE ${this.epoch('$3')} END, $6, $7,
         $9::bytea[], clock_timestamp(), clock_timestamp() + make_interval(secs => $8::float8))`,
      [
        id,
        purpose,
        userId ?? null,
        email ?? null,
        outlivesEpoch ?? false,
        binding ?? null,
        payload ?? null,
        ACTION_LIFETIMES[purpose],
        secrets ?? [],
      ],
    );
  }

  async find(id: string): Promise<Action | null> {
    if (!isUuid(id)) return null;
    return this.one(`SELECT ${COLUMNS} FROM ${this.table} AS action WHERE id = $1 AND ${this.usable}`, [id]);
  }

  async addSecret(id: string, hash: Buffer): Promise<boolean> {
    return this.changes(
      `UPDATE ${this.table} AS action
       SET secrets = array_append(secrets[GREATEST(1, cardinality(secrets) - ${MAX_SECRETS - 2}):], $2::bytea),
         expires_at = CASE WHEN ${UNSENT} THEN GREATEST(expires_at, clock_timestamp() + ${LIFETIME}) ELSE expires_at END
       WHERE id = $1 AND consumed_at IS NULL AND (expires_at > clock_timestamp() OR ${UNSENT}) AND ${this.alive}`,
      [id, hash],
    );
  }

  async consume(id: string, secret: Buffer): Promise<Action | null> {
    if (!isUuid(id)) return null;
    return this.one(
      `UPDATE ${this.table} AS action SET consumed_at = clock_timestamp()
       WHERE id = $1 AND $2::bytea = ANY (secrets) AND ${this.usable} RETURNING ${COLUMNS}`,
      [id, secret],
    );
  }

  async giveBack(id: string): Promise<void> {
    await this.sql(`UPDATE ${this.table} SET consumed_at = NULL WHERE id = $1`, [id]);
  }

  async countAttempt(id: string, most: number): Promise<boolean> {
    return this.changes(
      `UPDATE ${this.table} AS action SET attempts = attempts + 1
       WHERE id = $1 AND attempts < $2 AND ${this.usable}`,
      [id, most],
    );
  }

  async extend(id: string, seconds: number): Promise<void> {
    await this.sql(
      `UPDATE ${this.table} SET expires_at = clock_timestamp() + make_interval(secs => $2::float8)
       WHERE id = $1 AND ${UNUSED}`,
      [id, seconds],
    );
  }

  async cancel(userId: string, only?: CancelFilter): Promise<void> {
    const filter = only && 'AND purpose = $2 AND (created_at >= $3 OR email = $4)';
    await this.sql(
      `UPDATE ${this.table} SET consumed_at = clock_timestamp()
       WHERE user_id = $1 AND consumed_at IS NULL ${filter ?? ''}`,
      [userId, ...(only ? [only.purpose, only.since ?? new Date(0), only.email ?? null] : [])],
    );
  }

  async isReserved(email: string, exceptUserId?: string): Promise<boolean> {
    const { count } = await this.sql(
      `SELECT 1 FROM ${this.table}
       WHERE purpose = 'undo-email' AND email = $1 AND ${UNUSED} AND user_id IS DISTINCT FROM $2 LIMIT 1`,
      [email, exceptUserId ?? null],
    );
    return count > 0;
  }

  async listOf(userId: string): Promise<Action[]> {
    const text = `SELECT ${COLUMNS} FROM ${this.table} WHERE user_id = $1 ORDER BY created_at`;
    return (await this.sql<Row>(text, [userId])).rows.map(toAction);
  }

  async removeOf(userId: string): Promise<void> {
    await this.sql(`DELETE FROM ${this.table} WHERE user_id = $1`, [userId]);
  }

  async countExpired(): Promise<number> {
    const { rows } = await this.sql<{ count: number }>(
      `SELECT count(*)::int AS count FROM ${this.table} WHERE ${EXPIRED}`,
      [],
    );
    return rows[0]!.count;
  }

  async deleteExpired(limit: number): Promise<number> {
    const { count } = await this.sql(
      `DELETE FROM ${this.table} WHERE id IN (
         SELECT id FROM ${this.table} WHERE ${EXPIRED} ORDER BY expires_at LIMIT $1 FOR UPDATE SKIP LOCKED
       )`,
      [limit],
    );
    return count;
  }

  private async one(text: string, values: unknown[]): Promise<Action | null> {
    const [row] = (await this.sql<Row>(text, values)).rows;
    return row ? toAction(row) : null;
  }

  private async changes(text: string, values: unknown[]): Promise<boolean> {
    return (await this.sql(text, values)).count === 1;
  }
}

function toAction({ secrets, binding, payload, ...row }: Row): Action {
  const bytes = (hex: string | null) => (hex === null ? null : Buffer.from(hex, 'hex'));
  return {
    ...row,
    secrets: secrets.map((hex) => Buffer.from(hex, 'hex')),
    binding: bytes(binding),
    payload: bytes(payload),
  };
}
