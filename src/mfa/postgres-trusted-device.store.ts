import type { DataSource, EntityManager } from 'typeorm';
import type { RecordsInside } from '../actions/account-records.js';
import { StoredAccount } from '../actions/account.entity.js';
import { type Sql, sqlOn } from '../database/sql.js';
import { tableOf } from '../database/table-of.js';
import { StoredTrustedDevice } from './trusted-device.entity.js';
import type { NewTrustedDevice, TrustedDevice, TrustedDeviceStore } from './trusted-devices.js';

const EXPIRED = 'expires_at <= now()';

/** Trusted devices in PostgreSQL: each change is one conditional statement on the database's clock. */
export class PostgresTrustedDeviceStore implements TrustedDeviceStore {
  private readonly table: string;
  private readonly live: string;
  private readonly sql: Sql;

  constructor(
    private readonly dataSource: DataSource,
    manager?: EntityManager,
  ) {
    this.table = tableOf(dataSource, StoredTrustedDevice);
    const epoch = `COALESCE((SELECT epoch FROM ${tableOf(dataSource, StoredAccount)} WHERE user_id = $1), 0)`;
    this.live = `user_id = $1 AND expires_at > clock_timestamp() AND epoch = ${epoch}`;
    this.sql = sqlOn(dataSource, manager);
  }

  within(inside: RecordsInside | undefined): TrustedDeviceStore {
    return inside?.manager ? new PostgresTrustedDeviceStore(this.dataSource, inside.manager) : this;
  }

  async create(device: NewTrustedDevice, seconds: number): Promise<void> {
    const { id, userId, secret, epoch, ip, userAgent } = device;
    await this.sql(
      `INSERT INTO ${this.table}
         (id, user_id, secret, epoch, ip, user_agent, created_at, last_used_at, expires_at)
       SELECT $2, $1, $3, $7, $4, $5, now, now, now + make_interval(secs => $6::float8)
       FROM (SELECT clock_timestamp() AS now) AS clock`,
      [userId, id, secret, ip, userAgent, seconds, epoch],
    );
  }

  async use(userId: string, id: string, secret: Buffer): Promise<boolean> {
    const text = `UPDATE ${this.table} SET last_used_at = clock_timestamp()
      WHERE ${this.live} AND id = $2 AND secret = $3`;
    return (await this.sql(text, [userId, id, secret])).count === 1;
  }

  async listOf(userId: string): Promise<TrustedDevice[]> {
    const { rows } = await this.sql<TrustedDevice>(
      `SELECT id, ip, user_agent AS "userAgent", created_at AS "createdAt", last_used_at AS "lastUsedAt",
         expires_at AS "expiresAt"
       FROM ${this.table} WHERE ${this.live} ORDER BY last_used_at DESC, id`,
      [userId],
    );
    return rows;
  }

  async remove(userId: string, id: string): Promise<boolean> {
    const text = `DELETE FROM ${this.table} WHERE ${this.live} AND id = $2`;
    return (await this.sql(text, [userId, id])).count === 1;
  }

  async removeAll(userId: string): Promise<void> {
    await this.sql(`DELETE FROM ${this.table} WHERE user_id = $1`, [userId]);
  }

  async countExpired(): Promise<number> {
    const text = `SELECT count(*)::int AS count FROM ${this.table} WHERE ${EXPIRED}`;
    return (await this.sql<{ count: number }>(text, [])).rows[0]!.count;
  }

  async deleteExpired(limit: number): Promise<number> {
    const text = `DELETE FROM ${this.table} WHERE id IN (
      SELECT id FROM ${this.table} WHERE ${EXPIRED} ORDER BY expires_at LIMIT $1 FOR UPDATE SKIP LOCKED)`;
    return (await this.sql(text, [limit])).count;
  }
}
