import type { DataSource } from 'typeorm';
import type { Expiring } from '../cleanup/cleanup.js';
import { runStatement, type StatementResult } from '../database/statement.js';
import { tableOf } from '../database/table-of.js';
import { LoginAttempt } from './login-attempt.entity.js';
import { accountKey, IDLE_SECONDS } from './login-attempts.js';
import type { UserStore } from './user-store.js';

/** The user store is asked about at most this many accounts in one run of the cleanup, and this many at once. */
const MAX_ASKED = 200;
const ASKED_AT_ONCE = 20;

/**
 * Counts that no longer matter: of addresses without an account, a day after the last attempt; of devices and sessions,
 * when no proof of the device can be valid any more.
 */
export class ExpiredAttempts implements Expiring {
  private readonly table: string;
  private readonly expired: string;

  /** @param ownTtl how long the count of a device or session may matter, in seconds */
  constructor(
    private readonly dataSource: DataSource,
    ownTtl: number,
  ) {
    this.table = tableOf(dataSource, LoginAttempt);
    this.expired = `(user_id IS NULL AND last_at < now() - make_interval(secs => ${IDLE_SECONDS})
      OR counter <> 'strangers' AND last_at < now() - make_interval(secs => ${ownTtl}))`;
  }

  async countExpired(): Promise<number> {
    const text = `SELECT count(*)::int AS count FROM ${this.table} WHERE ${this.expired}`;
    const { rows } = await runStatement<{ count: number }>(this.dataSource, { text, values: [] });
    return rows[0]!.count;
  }

  async deleteExpired(limit: number): Promise<number> {
    const text = `DELETE FROM ${this.table} WHERE account IN (
      SELECT account FROM ${this.table} WHERE ${this.expired} LIMIT $1 FOR UPDATE SKIP LOCKED)`;
    return (await runStatement(this.dataSource, { text, values: [limit] })).count;
  }
}

/**
 * Counts of strangers against users who have been deleted or have another address. Otherwise, these counts stay until a
 * login succeeds. Any user store can say who exists; each account is asked about once a week.
 */
export class AttemptsOnFormerUsers implements Expiring {
  private readonly table: string;

  constructor(
    private readonly dataSource: DataSource,
    private readonly users: Pick<UserStore, 'findById'>,
  ) {
    this.table = tableOf(dataSource, LoginAttempt);
  }

  /** Not known before the user store has been asked. */
  async countExpired(): Promise<number> {
    return 0;
  }

  async deleteExpired(limit: number): Promise<number> {
    const { rows } = await this.run<{ account: string; userId: string }>(
      `SELECT account, user_id AS "userId" FROM ${this.table}
       WHERE counter = 'strangers' AND user_id IS NOT NULL AND last_at < now() - make_interval(secs => ${IDLE_SECONDS})
         AND (checked_at IS NULL OR checked_at < now() - interval '7 days')
       ORDER BY last_at LIMIT $1`,
      [Math.min(limit, MAX_ASKED)],
    );
    const [kept, gone]: [string[], string[]] = [[], []];
    while (rows.length > 0) {
      const asked = rows.splice(0, ASKED_AT_ONCE);
      const users = await Promise.all(asked.map(({ userId }) => this.users.findById(userId)));
      for (const [i, { account }] of asked.entries())
        (users[i] && accountKey(users[i].email) === account ? kept : gone).push(account);
    }
    if (kept.length > 0)
      await this.run(`UPDATE ${this.table} SET checked_at = now() WHERE account = ANY($1)`, [kept]);
    if (gone.length === 0) return 0;
    // Somebody may have tried the address in the meantime.
    const idle = `last_at < now() - make_interval(secs => ${IDLE_SECONDS})`;
    return (await this.run(`DELETE FROM ${this.table} WHERE account = ANY($1) AND ${idle}`, [gone])).count;
  }

  private run<Row>(text: string, values: unknown[]): Promise<StatementResult<Row>> {
    return runStatement<Row>(this.dataSource, { text, values });
  }
}
