import type { DataSource } from 'typeorm';
import type { Expiring } from '../cleanup/cleanup.js';
import { runStatement } from '../database/statement.js';
import { tableOf } from '../database/table-of.js';
import { RefreshToken } from './refresh-token.entity.js';

/** Sessions past their absolute limit. Until then even a revoked session is kept, so that reuse can be detected. */
export class ExpiredSessions implements Expiring {
  private readonly table: string;

  constructor(private readonly dataSource: DataSource) {
    this.table = tableOf(dataSource, RefreshToken);
  }

  async countExpired(): Promise<number> {
    const sql = `SELECT count(*)::int AS count FROM ${this.table} WHERE absolute_expires_at < now()`;
    const { rows } = await runStatement<{ count: number }>(this.dataSource, { text: sql, values: [] });
    return rows[0]!.count;
  }

  async deleteExpired(limit: number): Promise<number> {
    const sql = `
      DELETE FROM ${this.table} WHERE id IN (
        SELECT id FROM ${this.table} WHERE absolute_expires_at < now()
        ORDER BY absolute_expires_at LIMIT $1 FOR UPDATE SKIP LOCKED
      )`;
    return (await runStatement(this.dataSource, { text: sql, values: [limit] })).count;
  }
}
