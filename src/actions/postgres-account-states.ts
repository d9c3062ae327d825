import type { DataSource, EntityManager } from 'typeorm';
import { type Sql, sqlOn } from '../database/sql.js';
import { tableOf } from '../database/table-of.js';
import { StoredAccount } from './account.entity.js';
import { type AccountState, type AccountStates, UNKNOWN_ACCOUNT } from './account-states.js';

const COLUMNS = 'epoch, proven_email AS "provenEmail", closing_at AS "closingAt"';

const DUE = 'closing_at <= now()';

/** The states of accounts in PostgreSQL. */
export class PostgresAccountStates implements AccountStates {
  private readonly table: string;
  private readonly sql: Sql;

  constructor(dataSource: DataSource, manager?: EntityManager) {
    this.table = tableOf(dataSource, StoredAccount);
    this.sql = sqlOn(dataSource, manager);
  }

  async of(userId: string): Promise<AccountState> {
    const text = `SELECT ${COLUMNS} FROM ${this.table} WHERE user_id = $1`;
    const { rows } = await this.sql<AccountState>(text, [userId]);
    return rows[0] ?? { ...UNKNOWN_ACCOUNT };
  }

  /** Writes the row, because one that does not exist cannot be locked. */
  async lock(userId: string): Promise<AccountState> {
    const { rows } = await this.sql<AccountState>(
      `INSERT INTO ${this.table} AS known (user_id) VALUES ($1)
       ON CONFLICT (user_id) DO UPDATE SET epoch = known.epoch RETURNING ${COLUMNS}`,
      [userId],
    );
    return rows[0]!;
  }

  async raiseEpoch(userId: string): Promise<void> {
    await this.sql(
      `INSERT INTO ${this.table} AS known (user_id, epoch) VALUES ($1, 1)
       ON CONFLICT (user_id) DO UPDATE SET epoch = known.epoch + 1`,
      [userId],
    );
  }

  async prove(userId: string, email: string): Promise<void> {
    await this.sql(
      `INSERT INTO ${this.table} (user_id, proven_email, proven_at) VALUES ($1, $2, now())
       ON CONFLICT (user_id) DO UPDATE SET proven_email = excluded.proven_email, proven_at = excluded.proven_at`,
      [userId, email],
    );
  }

  async setClosing(userId: string, seconds: number | null): Promise<Date | null> {
    await this.lock(userId);
    const { rows } = await this.sql<AccountState>(
      `UPDATE ${this.table} SET closing_at = clock_timestamp() + make_interval(secs => $2::float8)
       WHERE user_id = $1 RETURNING ${COLUMNS}`,
      [userId, seconds],
    );
    return rows[0]?.closingAt ?? null;
  }

  async listDue(limit: number): Promise<string[]> {
    const { rows } = await this.sql<{ userId: string }>(
      `SELECT user_id AS "userId" FROM ${this.table} WHERE ${DUE} ORDER BY closing_at LIMIT $1`,
      [limit],
    );
    return rows.map(({ userId }) => userId);
  }

  async countDue(): Promise<number> {
    const text = `SELECT count(*)::int AS count FROM ${this.table} WHERE ${DUE}`;
    return (await this.sql<{ count: number }>(text, [])).rows[0]!.count;
  }

  async remove(userId: string): Promise<void> {
    await this.sql(`DELETE FROM ${this.table} WHERE user_id = $1`, [userId]);
  }
}
