import type { DataSource, EntityManager } from 'typeorm';
import type { RecordsInside } from '../actions/account-records.js';
import { type Sql, sqlOn } from '../database/sql.js';
import { tableOf } from '../database/table-of.js';
import { isUuid } from '../database/uuid.js';
import { StoredFactor } from './factor.entity.js';
import type { Factor, FactorKindName } from './factor-kind.js';
import {
  CONFIRM_WITHIN,
  type FactorStore,
  MAX_TOTPS,
  type NewTotp,
  STEP_SECONDS,
  type StoredKind,
  type StoredSecret,
  type StoredTotp,
} from './factor-store.js';

type TotpRow = Omit<StoredTotp, 'lastStep' | 'step'> & { lastStep: string | null; step: string };
type FactorRow = Omit<Factor, 'remaining'> & { remaining: number | null };

const FACTOR_COLUMNS = `id, kind, name, created_at AS "createdAt", last_used_at AS "lastUsedAt",
  cardinality(codes)::int AS remaining`;

const TOTP_COLUMNS = `id, name, secret, last_step::text AS "lastStep",
  floor(extract(epoch FROM clock_timestamp()) / ${STEP_SECONDS})::bigint::text AS step`;

/** Confirmed, and good for something. */
const USABLE = `confirmed_at IS NOT NULL AND (codes IS NULL OR cardinality(codes) > 0)`;
const PENDING = `kind = 'totp' AND confirmed_at IS NULL`;
const WAITS = `${PENDING} AND created_at > clock_timestamp() - interval '${CONFIRM_WITHIN} seconds'`;
const EXPIRED = `confirmed_at IS NULL AND created_at < now() - interval '${CONFIRM_WITHIN} seconds'`;

/** Authenticator apps and recovery codes in PostgreSQL: each change is one conditional statement on the database's clock. */
export class PostgresFactorStore implements FactorStore {
  private readonly table: string;
  private readonly sql: Sql;

  constructor(
    private readonly dataSource: DataSource,
    manager?: EntityManager,
  ) {
    this.table = tableOf(dataSource, StoredFactor);
    this.sql = sqlOn(dataSource, manager);
  }

  within(inside: RecordsInside | undefined): FactorStore {
    return inside?.manager ? new PostgresFactorStore(this.dataSource, inside.manager) : this;
  }

  async listOf(userId: string, kind: StoredKind): Promise<Factor[]> {
    const { rows } = await this.sql<FactorRow>(
      `SELECT ${FACTOR_COLUMNS} FROM ${this.table}
       WHERE user_id = $1 AND kind = $2 AND confirmed_at IS NOT NULL ORDER BY created_at, id`,
      [userId, kind],
    );
    return rows.map(({ remaining, ...row }) => ({
      ...row,
      kind: row.kind as FactorKindName,
      ...(remaining !== null && { remaining }),
    }));
  }

  async has(userId: string, kind: StoredKind): Promise<boolean> {
    const text = `SELECT 1 FROM ${this.table} WHERE user_id = $1 AND kind = $2 AND ${USABLE} LIMIT 1`;
    return (await this.sql(text, [userId, kind])).count > 0;
  }

  async addTotp({ id, userId, name, secret }: NewTotp): Promise<boolean> {
    const { count } = await this.sql(
      `WITH own AS (
         SELECT id, confirmed_at, row_number() OVER (ORDER BY confirmed_at IS NULL, created_at DESC) AS place
         FROM ${this.table} WHERE user_id = $2 AND kind = 'totp'
       ), replaced AS (
         DELETE FROM ${this.table} WHERE id IN (
           SELECT id FROM own WHERE confirmed_at IS NULL AND place >= ${MAX_TOTPS}
         )
       )
       INSERT INTO ${this.table} (id, user_id, kind, name, secret, created_at)
       SELECT $1, $2, 'totp', $3, $4, clock_timestamp()
       WHERE (SELECT count(*) FROM own WHERE confirmed_at IS NOT NULL) < ${MAX_TOTPS}`,
      [id, userId, name, secret],
    );
    return count === 1;
  }

  totpsOf(userId: string): Promise<StoredTotp[]> {
    return this.totps(`user_id = $1 AND kind = 'totp' AND confirmed_at IS NOT NULL`, [userId]);
  }

  async findPending(userId: string, id: string): Promise<StoredTotp | null> {
    if (!isUuid(id)) return null;
    return (await this.totps(`user_id = $1 AND id = $2 AND ${WAITS}`, [userId, id]))[0] ?? null;
  }

  confirm(userId: string, id: string, step: number): Promise<boolean> {
    return this.changes(
      `UPDATE ${this.table} SET confirmed_at = clock_timestamp(), last_step = $3, last_used_at = clock_timestamp()
       WHERE user_id = $1 AND id = $2 AND ${WAITS}`,
      [userId, id, step],
    );
  }

  useStep(userId: string, id: string, step: number): Promise<boolean> {
    return this.changes(
      `UPDATE ${this.table} SET last_step = $3, last_used_at = clock_timestamp()
       WHERE user_id = $1 AND id = $2 AND kind = 'totp' AND confirmed_at IS NOT NULL AND last_step < $3`,
      [userId, id, step],
    );
  }

  async replaceCodes(userId: string, id: string, hashes: readonly Buffer[]): Promise<void> {
    await this.sql(
      `INSERT INTO ${this.table} AS known (id, user_id, kind, codes, created_at, confirmed_at)
       VALUES ($1, $2, 'recovery-codes', $3, clock_timestamp(), clock_timestamp())
       ON CONFLICT (user_id) WHERE kind = 'recovery-codes' DO UPDATE
         SET id = excluded.id, codes = excluded.codes, created_at = excluded.created_at,
           confirmed_at = excluded.confirmed_at, last_used_at = NULL`,
      [id, userId, hashes],
    );
  }

  async useCode(userId: string, hash: Buffer): Promise<{ id: string; remaining: number } | null> {
    const { rows } = await this.sql<{ id: string; remaining: number }>(
      `UPDATE ${this.table} SET codes = array_remove(codes, $2::bytea), last_used_at = clock_timestamp()
       WHERE user_id = $1 AND kind = 'recovery-codes' AND $2::bytea = ANY (codes)
       RETURNING id, cardinality(codes)::int AS remaining`,
      [userId, hash],
    );
    return rows[0] ?? null;
  }

  async remove(userId: string, kind: StoredKind, id: string): Promise<boolean> {
    if (!isUuid(id)) return false;
    return this.changes(
      `DELETE FROM ${this.table} WHERE user_id = $1 AND kind = $2 AND id = $3 AND confirmed_at IS NOT NULL`,
      [userId, kind, id],
    );
  }

  async removeAll(userId: string, kind: StoredKind): Promise<void> {
    await this.sql(`DELETE FROM ${this.table} WHERE user_id = $1 AND kind = $2`, [userId, kind]);
  }

  async listSecrets(limit: number, after = ''): Promise<StoredSecret[]> {
    const { rows } = await this.sql<StoredSecret>(
      `SELECT id, user_id AS "userId", secret FROM ${this.table}
       WHERE secret IS NOT NULL AND id::text > $2 ORDER BY id::text LIMIT $1`,
      [limit, after],
    );
    return rows;
  }

  replaceSecret(id: string, from: string, to: string): Promise<boolean> {
    return this.changes(`UPDATE ${this.table} SET secret = $3 WHERE id = $1 AND secret = $2`, [id, from, to]);
  }

  async countExpired(): Promise<number> {
    const text = `SELECT count(*)::int AS count FROM ${this.table} WHERE ${EXPIRED}`;
    return (await this.sql<{ count: number }>(text, [])).rows[0]!.count;
  }

  async deleteExpired(limit: number): Promise<number> {
    const text = `DELETE FROM ${this.table} WHERE id IN (
      SELECT id FROM ${this.table} WHERE ${EXPIRED} LIMIT $1 FOR UPDATE SKIP LOCKED) AND confirmed_at IS NULL`;
    return (await this.sql(text, [limit])).count;
  }

  private async totps(where: string, values: unknown[]): Promise<StoredTotp[]> {
    const { rows } = await this.sql<TotpRow>(
      `SELECT ${TOTP_COLUMNS} FROM ${this.table} WHERE ${where} ORDER BY created_at, id`,
      values,
    );
    return rows.map(({ lastStep, step, ...row }) => ({
      ...row,
      lastStep: lastStep === null ? null : Number(lastStep),
      step: Number(step),
    }));
  }

  private async changes(text: string, values: unknown[]): Promise<boolean> {
    return (await this.sql(text, values)).count === 1;
  }
}
