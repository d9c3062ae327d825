import { createHash } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { runStatement, type StatementResult } from '../database/statement.js';
import { tableOf } from '../database/table-of.js';
import { LoginAttempt } from './login-attempt.entity.js';

/** An address whose password is being tried, and its user. */
export interface TriedAccount {
  /** Canonical. */
  email: string;
  userId: string | null;
}

export interface DelayPolicy {
  /** The number of consecutive failures after which delays start. */
  freeFailures: number;
  /** Seconds. */
  maxDelay: number;
}

/**
 * Either the attempt may proceed and has already been counted as a failure, or it has to wait and nothing has changed.
 */
export type Attempt =
  | { allowed: true; account: string; failures: number; /** Includes this attempt. */ total: number }
  | { allowed: false; /** Seconds, at least 1. */ wait: number };

/**
 * An account with many failures, identified by the key of its address. The user may have been deleted or have a
 * different address now.
 */
export interface ExhaustedAccount {
  /** See {@link accountKey}. */
  account: string;
  userId: string;
}

interface AttemptRow {
  failures: number | null;
  total: number | null;
  wait: number | null;
}

/**
 * Counts failed password attempts in PostgreSQL, by its clock, so that the counts survive restarts and are shared by
 * all instances. All methods throw an `UnavailableError` if the database is unavailable.
 */
export class LoginAttempts {
  private readonly table: string;

  constructor(
    private readonly dataSource: DataSource,
    private readonly policy: DelayPolicy,
  ) {
    this.table = tableOf(dataSource, LoginAttempt);
  }

  /**
   * Counts an attempt before it is made. A single statement whose row lock serializes parallel attempts: however many
   * arrive, on any number of instances, no more proceed than the delay allows. An attempt that has to wait is rejected
   * without a lock or a write, so that a flood of attempts against one account blocks nobody else. Known and unknown
   * accounts are treated the same way.
   */
  async begin({ email, userId }: TriedAccount): Promise<Attempt> {
    const account = accountKey(email);
    const rows = await this.query<AttemptRow>(
      `WITH waiting AS (
         SELECT free_at FROM ${this.table} WHERE account = $1 AND free_at > clock_timestamp()
       ), attempt AS (
         INSERT INTO ${this.table} AS known (account, user_id, failures, total, last_at, free_at)
         SELECT $1, $2::text, 1, 1, now, ${freeAt('1', 'now')} FROM (SELECT clock_timestamp() AS now) AS clock
         WHERE NOT EXISTS (SELECT FROM waiting)
         ON CONFLICT (account) DO UPDATE
           SET user_id = excluded.user_id, failures = ${FAILURES}, total = ${TOTAL},
             last_at = GREATEST(known.last_at, excluded.last_at), free_at = ${freeAt(FAILURES, 'excluded.last_at')}
           WHERE known.free_at IS NULL OR known.free_at <= excluded.last_at
         RETURNING failures, total
       )
       SELECT failures, total, NULL::int AS wait FROM attempt
       UNION ALL
       SELECT NULL, NULL, ceil(extract(epoch FROM free_at - clock_timestamp()))::int FROM ${this.table}
       WHERE account = $1 AND NOT EXISTS (SELECT FROM attempt)`,
      [account, userId, this.policy.freeFailures, this.policy.maxDelay],
    );
    const { failures, total, wait } = rows[0] ?? {};
    if (failures != null && total != null) return { allowed: true, account, failures, total };
    // The wait comes from the statement's snapshot. If a concurrent attempt has set the delay since then, there is
    // none.
    return { allowed: false, wait: Math.max(1, wait ?? 1) };
  }

  /** Takes back an attempt in which no password was tried. Other attempts made in the meantime still count. */
  async giveBack({ account, failures }: Attempt & { allowed: true }): Promise<void> {
    await this.query(
      `UPDATE ${this.table} SET failures = GREATEST(failures - 1, 0), total = GREATEST(total - 1, 0),
         free_at = CASE WHEN failures = $2 THEN NULL ELSE free_at END
       WHERE account = $1`,
      [account, failures],
    );
  }

  /** Resets the failures: after a successful attempt, or on behalf of an operator. */
  async reset(email: string): Promise<void> {
    await this.query(`DELETE FROM ${this.table} WHERE account = $1`, [accountKey(email)]);
  }

  /**
   * Returns which of these addresses have at least this number of failures against a user's password, with that user.
   */
  async exhausted(emails: readonly string[], failures: number): Promise<ExhaustedAccount[]> {
    return this.query(
      `SELECT account, user_id AS "userId" FROM ${this.table}
       WHERE account = ANY($1) AND total >= $2 AND user_id IS NOT NULL`,
      [emails.map(accountKey), failures],
    );
  }

  /** Returns a page of all such accounts, ordered by key, starting after the key `after`. */
  async listExhausted(failures: number, limit: number, after = ''): Promise<ExhaustedAccount[]> {
    return this.query(
      `SELECT account, user_id AS "userId" FROM ${this.table}
       WHERE account > $1 AND total >= $2 AND user_id IS NOT NULL ORDER BY account LIMIT $3`,
      [after, failures, limit],
    );
  }

  async countExpired(): Promise<number> {
    const sql = `SELECT count(*)::int AS count FROM ${this.table} WHERE ${EXPIRED}`;
    const [row] = await this.query<{ count: number }>(sql, []);
    return row!.count;
  }

  /** Deletes up to `limit` expired rows of addresses without a user. Rows of users stay until a login succeeds. */
  async deleteExpired(limit: number): Promise<number> {
    const { count } = await this.run(
      `DELETE FROM ${this.table} WHERE account IN (
         SELECT account FROM ${this.table} WHERE ${EXPIRED} LIMIT $1 FOR UPDATE SKIP LOCKED
       )`,
      [limit],
    );
    return count;
  }

  private async query<Row>(sql: string, parameters: unknown[]): Promise<Row[]> {
    return (await this.run<Row>(sql, parameters)).rows;
  }

  private run<Row>(text: string, values: unknown[]): Promise<StatementResult<Row>> {
    return runStatement(this.dataSource, { text, values });
  }
}

/**
 * Identifies an address by its hash. The address itself is not stored: it may be anything that was typed by mistake.
 */
export function accountKey(canonicalEmail: string): string {
  return createHash('sha256').update(canonicalEmail).digest('hex');
}

/** The delay starts over this long after the last attempt, for addresses with and without an account. */
const IDLE = `interval '1 day'`;
const EXPIRED = `user_id IS NULL AND last_at < now() - ${IDLE}`;
const FAILURES = `CASE WHEN known.last_at < excluded.last_at - ${IDLE} THEN 1 ELSE known.failures + 1 END`;
const TOTAL = `CASE WHEN known.user_id IS NOT DISTINCT FROM excluded.user_id THEN known.total + 1 ELSE 1 END`;

/** When the next attempt may be made after this number of failures: 1, 2, 4 … seconds from `now`; null: immediately. */
function freeAt(failures: string, now: string): string {
  return `CASE WHEN ${failures} >= $3::int
    THEN ${now} + make_interval(secs => LEAST(power(2, LEAST(${failures} - $3::int, 30)), $4::float8)) END`;
}
