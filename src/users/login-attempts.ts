import { createHash } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { tableOf } from '../database/table-of.js';
import { unavailableWhenDown } from '../errors/database-errors.js';
import { LoginAttempt } from './login-attempt.entity.js';

/** An address whose password is tried, and the user who has it. */
export interface TriedAccount {
  /** Canonical. */
  email: string;
  userId: string | null;
}

export interface DelayPolicy {
  /** Failures in a row that no delay follows, but for the last of them. */
  freeFailures: number;
  /** Seconds. */
  maxDelay: number;
}

/** Either the attempt may go on and has been counted as a failure already, or it has to wait and nothing has changed. */
export type Attempt =
  | { allowed: true; account: string; failures: number; /** With this one. */ total: number }
  | { allowed: false; /** Seconds, at least 1. */ wait: number };

/** An account with many failures. The user may have another address by now, or may have been deleted. */
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
 * Failed attempts at passwords, counted in PostgreSQL on its clock: they outlive a restart and are the same for all
 * instances. All methods throw `UnavailableError` when the database is away.
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
   * Counts an attempt before it is made. One statement, and the row's lock puts parallel ones in a row: of any number
   * on any number of instances no more go on than the delay allows. One that must wait is told so without the lock and
   * without a write, so that a flood at one account holds nobody up. Known and unknown accounts take the same way.
   */
  async begin({ email, userId }: TriedAccount): Promise<Attempt> {
    const account = accountKey(email);
    const rows = await this.query<AttemptRow[]>(
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
    // The wait is as of the statement's beginning: an attempt that came in between may have left none there.
    return { allowed: false, wait: Math.max(1, wait ?? 1) };
  }

  /** Takes back an attempt that came to nothing: no password was tried. Others made meanwhile still count. */
  async giveBack({ account, failures }: Attempt & { allowed: true }): Promise<void> {
    await this.query(
      `UPDATE ${this.table} SET failures = GREATEST(failures - 1, 0), total = GREATEST(total - 1, 0),
         free_at = CASE WHEN failures = $2 THEN NULL ELSE free_at END
       WHERE account = $1`,
      [account, failures],
    );
  }

  /** Forgets every failure: after a good attempt, or because an operator says so. */
  async reset(email: string): Promise<void> {
    await this.query(`DELETE FROM ${this.table} WHERE account = $1`, [accountKey(email)]);
  }

  /** Those of these addresses with at least this many failures, and the users whose passwords were tried. */
  async exhausted(emails: readonly string[], failures: number): Promise<ExhaustedAccount[]> {
    return this.query(
      `SELECT account, user_id AS "userId" FROM ${this.table}
       WHERE account = ANY($1) AND total >= $2 AND user_id IS NOT NULL`,
      [emails.map(accountKey), failures],
    );
  }

  /** A page of all such accounts in the order of their keys, starting after the key `after`. */
  async listExhausted(failures: number, limit: number, after = ''): Promise<ExhaustedAccount[]> {
    return this.query(
      `SELECT account, user_id AS "userId" FROM ${this.table}
       WHERE account > $1 AND total >= $2 AND user_id IS NOT NULL ORDER BY account LIMIT $3`,
      [after, failures, limit],
    );
  }

  async countExpired(): Promise<number> {
    const sql = `SELECT count(*)::int AS count FROM ${this.table} WHERE ${EXPIRED}`;
    const [row] = await this.query<{ count: number }[]>(sql, []);
    return row!.count;
  }

  /** Deletes up to `limit` of the rows of addresses nobody has. Those of users stay until the password is right. */
  async deleteExpired(limit: number): Promise<number> {
    const [, deleted] = await this.query<[unknown[], number]>(
      `DELETE FROM ${this.table} WHERE account IN (
         SELECT account FROM ${this.table} WHERE ${EXPIRED} LIMIT $1 FOR UPDATE SKIP LOCKED
       )`,
      [limit],
    );
    return deleted;
  }

  private query<T>(sql: string, parameters: unknown[]): Promise<T> {
    return unavailableWhenDown(() => this.dataSource.query<T>(sql, parameters));
  }
}

/** Stands for an address. Not the address itself: what people type by mistake is nobody's business. */
export function accountKey(canonicalEmail: string): string {
  return createHash('sha256').update(canonicalEmail).digest('hex');
}

/** So long after the last attempt the delay starts over, for addresses with and without an account alike. */
const IDLE = `interval '1 day'`;
const EXPIRED = `user_id IS NULL AND last_at < now() - ${IDLE}`;
const FAILURES = `CASE WHEN known.last_at < excluded.last_at - ${IDLE} THEN 1 ELSE known.failures + 1 END`;
const TOTAL = `CASE WHEN known.user_id IS NOT DISTINCT FROM excluded.user_id THEN known.total + 1 ELSE 1 END`;

/** When the attempt after so many failures may be made: 1, 2, 4 … seconds after the last free one; null: at once. */
function freeAt(failures: string, now: string): string {
  return `CASE WHEN ${failures} >= $3::int
    THEN ${now} + make_interval(secs => LEAST(power(2, LEAST(${failures} - $3::int, 30)), $4::float8)) END`;
}
