import type { DataSource } from 'typeorm';
import { runStatement } from '../database/statement.js';
import { tableOf } from '../database/table-of.js';
import { LoginAttempt } from './login-attempt.entity.js';
import {
  accountKey,
  type AllowedAttempt,
  type Attempt,
  type Counter,
  type DelayPolicy,
  factorCounter,
  type FailureLimits,
  IDLE_SECONDS,
  type LoginAttempts,
  NOTICE_SECONDS,
  type SlowCounter,
} from './login-attempts.js';

interface AttemptRow {
  failures: number | null;
  total: number | null;
  wait: number | null;
  spent: boolean;
}

const MAX_INTEGER = 2 ** 31 - 1;

/** The row lock of each statement serializes parallel attempts. */
export class PostgresLoginAttempts implements LoginAttempts {
  private readonly table: string;

  constructor(
    private readonly dataSource: DataSource,
    private readonly policy: DelayPolicy,
  ) {
    this.table = tableOf(dataSource, LoginAttempt);
  }

  async begin({ key, kind, userId }: Counter, limit = MAX_INTEGER): Promise<Attempt> {
    const rows = await this.query<AttemptRow>(
      `WITH refused AS (
         SELECT FROM ${this.table} WHERE account = $1 AND (free_at > clock_timestamp() OR ${SPENT})
       ), attempt AS (
         INSERT INTO ${this.table} AS known (account, counter, user_id, failures, total, last_at, free_at)
         SELECT $1, $6, $2::text, 1, 1, now, ${freeAt('1', 'now')} FROM (SELECT clock_timestamp() AS now) AS clock
         WHERE NOT EXISTS (SELECT FROM refused)
         ON CONFLICT (account) DO UPDATE
           SET user_id = excluded.user_id, failures = ${FAILURES}, total = ${TOTAL},
             last_at = GREATEST(known.last_at, excluded.last_at), free_at = ${freeAt(FAILURES, 'excluded.last_at')}
           WHERE (known.free_at IS NULL OR known.free_at <= excluded.last_at)
             AND (known.total < $5::int OR known.user_id IS DISTINCT FROM excluded.user_id)
         RETURNING failures, total
       )
       SELECT failures, total, NULL::int AS wait, false AS spent FROM attempt
       UNION ALL
       SELECT NULL, NULL, ceil(extract(epoch FROM free_at - clock_timestamp()))::int, ${SPENT} FROM ${this.table}
       WHERE account = $1 AND NOT EXISTS (SELECT FROM attempt)`,
      [key, userId, this.policy.freeFailures, this.policy.maxDelay, limit, kind],
    );
    const { failures, total, wait, spent } = rows[0] ?? {};
    if (failures != null && total != null) return { outcome: 'allowed', key, failures, total };
    // The rest comes from the statement's snapshot. If a concurrent attempt has set the delay since then, there is none.
    return spent ? { outcome: 'spent' } : { outcome: 'waiting', wait: Math.max(1, wait ?? 1) };
  }

  async giveBack({ key, failures }: AllowedAttempt): Promise<void> {
    await this.query(
      `UPDATE ${this.table} SET failures = GREATEST(failures - 1, 0), total = GREATEST(total - 1, 0),
         free_at = CASE WHEN failures = $2 THEN NULL ELSE free_at END
       WHERE account = $1`,
      [key, failures],
    );
  }

  async succeeded({ key }: AllowedAttempt): Promise<void> {
    await this.query(`DELETE FROM ${this.table} WHERE account = $1`, [key]);
  }

  async reset(email: string, userId: string | null = null): Promise<void> {
    await this.query(
      `DELETE FROM ${this.table} WHERE account = $1
         OR user_id = COALESCE($2, (SELECT user_id FROM ${this.table} WHERE account = $1)) AND counter <> 'factors'`,
      [accountKey(email), userId],
    );
  }

  async resetFactors(userId: string): Promise<void> {
    await this.query(`DELETE FROM ${this.table} WHERE account = $1`, [factorCounter(userId).key]);
  }

  async claimNotice(key: string): Promise<boolean> {
    const claimed = await this.query(
      `UPDATE ${this.table} SET noticed_at = clock_timestamp() WHERE account = $1
         AND (noticed_at IS NULL OR noticed_at <= clock_timestamp() - make_interval(secs => $2)) RETURNING 1`,
      [key, NOTICE_SECONDS],
    );
    return claimed.length === 1;
  }

  async slowOf(userIds: readonly string[], limits: FailureLimits): Promise<SlowCounter[]> {
    return this.query(
      `SELECT account AS key, counter AS kind, user_id AS "userId", total AS failures,
         CASE WHEN free_at > clock_timestamp() THEN free_at END AS until, ${OFF} AS off
       FROM ${this.table} WHERE user_id = ANY($3) AND ${SLOW} ORDER BY counter DESC, account`,
      [...integers(limits), userIds],
    );
  }

  async listSlow(limits: FailureLimits, count: number, after = ''): Promise<string[]> {
    const rows = await this.query<{ id: string }>(
      `SELECT DISTINCT user_id AS id FROM ${this.table} WHERE user_id > $3 AND ${SLOW} ORDER BY user_id LIMIT $4`,
      [...integers(limits), after, count],
    );
    return rows.map(({ id }) => id);
  }

  private async query<Row>(text: string, values: unknown[]): Promise<Row[]> {
    return (await runStatement<Row>(this.dataSource, { text, values })).rows;
  }
}

const IDLE = `make_interval(secs => ${IDLE_SECONDS})`;
const SPENT = '(total >= $5::int AND user_id IS NOT DISTINCT FROM $2)';
const FAILURES = `CASE WHEN known.last_at < excluded.last_at - ${IDLE} THEN 1 ELSE known.failures + 1 END`;
const TOTAL = `CASE WHEN known.user_id IS NOT DISTINCT FROM excluded.user_id THEN known.total + 1 ELSE 1 END`;
const OFF = `(total >= CASE counter WHEN 'strangers' THEN $1::int ELSE $2::int END AND counter <> 'factors')`;
const SLOW = `(free_at > clock_timestamp() OR ${OFF})`;

function integers({ strangers, own }: FailureLimits): number[] {
  return [strangers, own].map((limit) => Math.min(limit, MAX_INTEGER));
}

/** When the next attempt may be made after this number of failures: 1, 2, 4 … seconds from `now`; null: immediately. */
function freeAt(failures: string, now: string): string {
  return `CASE WHEN ${failures} >= $3::int
    THEN ${now} + make_interval(secs => LEAST(power(2, LEAST(${failures} - $3::int, 30)), $4::float8)) END`;
}
