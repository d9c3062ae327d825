import type { DataSource, EntityManager } from 'typeorm';
import { type Sql, sqlOn } from '../database/sql.js';
import { tableOf } from '../database/table-of.js';
import { StoredAccount } from './account.entity.js';
import { type AccountState, type AccountStates, UNKNOWN_ACCOUNT } from './account-states.js';

type Row = Omit<AccountState, 'brake'> & { recoveredUntil: Date; brakedFor: number };

const COLUMNS = `epoch, proven_email AS "provenEmail", closing_at AS "closingAt", factors_reset_at AS "factorsResetAt",
  recovered_until AS "recoveredUntil", ceil(extract(epoch FROM recovered_until - clock_timestamp()))::int AS "brakedFor"`;

const DUE = 'closing_at <= now()';
const RESET_DUE = 'factors_reset_at <= clock_timestamp()';
/** {@link BEGUN} */
const RESET_BEGUN = 'to_timestamp(0)';

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
    const { rows } = await this.sql<Row>(text, [userId]);
    return rows[0] ? toState(rows[0]) : { ...UNKNOWN_ACCOUNT };
  }

  /** Writes the row, because one that does not exist cannot be locked. */
  async lock(userId: string): Promise<AccountState> {
    const { rows } = await this.sql<Row>(
      `INSERT INTO ${this.table} AS known (user_id) VALUES ($1)
       ON CONFLICT (user_id) DO UPDATE SET epoch = known.epoch RETURNING ${COLUMNS}`,
      [userId],
    );
    return toState(rows[0]!);
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
    return this.setTime(userId, 'closing_at', seconds);
  }

  async isDue(userId: string): Promise<boolean> {
    return (
      (await this.sql(`SELECT 1 FROM ${this.table} WHERE user_id = $1 AND ${DUE}`, [userId])).count === 1
    );
  }

  async listDue(limit: number): Promise<string[]> {
    return this.list(`${DUE} ORDER BY closing_at`, limit);
  }

  async countDue(): Promise<number> {
    return this.count(DUE);
  }

  async brake(userId: string, seconds: number): Promise<void> {
    await this.sql(
      `INSERT INTO ${this.table} AS known (user_id, recovered_until)
       VALUES ($1, clock_timestamp() + make_interval(secs => $2::float8))
       ON CONFLICT (user_id) DO UPDATE SET recovered_until = GREATEST(known.recovered_until, excluded.recovered_until)`,
      [userId, seconds],
    );
  }

  async setFactorsReset(userId: string, seconds: number | null): Promise<Date | null> {
    return this.setTime(userId, 'factors_reset_at', seconds);
  }

  async beginFactorsReset(userId: string): Promise<boolean> {
    const text = `UPDATE ${this.table} SET factors_reset_at = ${RESET_BEGUN} WHERE user_id = $1 AND ${RESET_DUE}`;
    return (await this.sql(text, [userId])).count === 1;
  }

  async endFactorsReset(userId: string): Promise<void> {
    await this.sql(
      `UPDATE ${this.table} SET factors_reset_at = NULL WHERE user_id = $1 AND factors_reset_at = ${RESET_BEGUN}`,
      [userId],
    );
  }

  async listFactorsResets(limit: number): Promise<string[]> {
    return this.list(`${RESET_DUE} ORDER BY factors_reset_at`, limit);
  }

  async countFactorsResets(): Promise<number> {
    return this.count(RESET_DUE);
  }

  async remove(userId: string): Promise<void> {
    await this.sql(`DELETE FROM ${this.table} WHERE user_id = $1`, [userId]);
  }

  private async setTime(
    userId: string,
    column: 'closing_at' | 'factors_reset_at',
    seconds: number | null,
  ): Promise<Date | null> {
    await this.lock(userId);
    const { rows } = await this.sql<{ at: Date | null }>(
      `UPDATE ${this.table} SET ${column} = clock_timestamp() + make_interval(secs => $2::float8)
       WHERE user_id = $1 RETURNING ${column} AS at`,
      [userId, seconds],
    );
    return rows[0]?.at ?? null;
  }

  private async list(due: string, limit: number): Promise<string[]> {
    const text = `SELECT user_id AS "userId" FROM ${this.table} WHERE ${due} LIMIT $1`;
    return (await this.sql<{ userId: string }>(text, [limit])).rows.map(({ userId }) => userId);
  }

  private async count(due: string): Promise<number> {
    const text = `SELECT count(*)::int AS count FROM ${this.table} WHERE ${due}`;
    return (await this.sql<{ count: number }>(text, [])).rows[0]!.count;
  }
}

function toState({ recoveredUntil: until, brakedFor: seconds, ...state }: Row): AccountState {
  return { ...state, brake: seconds > 0 ? { until, seconds } : null };
}
