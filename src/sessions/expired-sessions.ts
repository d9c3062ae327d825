import type { DataSource } from 'typeorm';
import type { Expiring } from '../cleanup/cleanup.js';
import { tableOf } from '../database/table-of.js';
import { unavailableWhenDown } from '../errors/database-errors.js';
import { RefreshToken } from './refresh-token.entity.js';

/** Sessions past their absolute limit. Until then even a revoked session is kept, so that reuse can be detected. */
export class ExpiredSessions implements Expiring {
  private readonly table: string;

  constructor(private readonly dataSource: DataSource) {
    this.table = tableOf(dataSource, RefreshToken);
  }

  async countExpired(): Promise<number> {
    const sql = `SELECT count(*)::int AS count FROM ${this.table} WHERE absolute_expires_at < now()`;
    const [row] = await unavailableWhenDown(() => this.dataSource.query<{ count: number }[]>(sql));
    return row!.count;
  }

  async deleteExpired(limit: number): Promise<number> {
    const sql = `
      DELETE FROM ${this.table} WHERE id IN (
        SELECT id FROM ${this.table} WHERE absolute_expires_at < now()
        ORDER BY absolute_expires_at LIMIT $1 FOR UPDATE SKIP LOCKED
      )`;
    const [, deleted] = await unavailableWhenDown(() =>
      this.dataSource.query<[unknown[], number]>(sql, [limit]),
    );
    return deleted;
  }
}
