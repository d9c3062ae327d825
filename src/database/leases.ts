import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { UnavailableError } from '../errors/auth-errors.js';
import { StoredLease } from './lease.entity.js';
import { runStatement, type StatementResult } from './statement.js';
import { tableOf } from './table-of.js';

/** How long a lease lasts, and how long to wait for it if another holder has it. In milliseconds. */
export interface LeaseTimes {
  lastsMs: number;
  waitMs: number;
}

/** A lease that was acquired. */
export interface Lease {
  /** Extends the lease. False if it has been lost: it ran out, and another holder has it. */
  renew(): Promise<boolean>;
  /** Ends the lease. Never rejects: a lease that cannot be ended runs out. */
  release(): Promise<void>;
}

/** The work under a lease takes milliseconds; this is how long a process that died may keep others waiting. */
const TIMES: LeaseTimes = { lastsMs: 30_000, waitMs: 5_000 };
const RETRY_MS = { least: 20, most: 100 };

/**
 * Exclusive rights across all instances, as rows that expire. Unlike a lock of PostgreSQL, a lease holds no connection
 * while its work runs, so the work may use the same pool, even one of a single connection, and a pooler may assign each
 * statement to another connection. A process that is frozen for longer than its lease lasts loses the lease without
 * noticing, so the work must be harmless even then.
 */
export class Leases {
  private readonly table: string;

  constructor(private readonly dataSource: DataSource) {
    this.table = tableOf(dataSource, StoredLease);
  }

  /**
   * Runs work while holding the lease, and rethrows its errors.
   * @throws UnavailableError when the database is unavailable, or another holder keeps the lease for too long
   */
  async exclusively<T>(name: string, work: () => Promise<T>, times: LeaseTimes = TIMES): Promise<T> {
    const lease = await this.acquire(name, times);
    if (!lease) throw new UnavailableError({ cause: new Error(`${name} is in use`), retryAfter: 1 });
    try {
      return await work();
    } finally {
      await lease.release();
    }
  }

  /**
   * Returns the lease, or `null` if another holder kept it for all of `waitMs`.
   * @throws UnavailableError when the database is unavailable
   */
  async acquire(name: string, { lastsMs, waitMs }: LeaseTimes): Promise<Lease | null> {
    const holder = randomUUID();
    const lease: Lease = {
      renew: () => this.claim(name, holder, lastsMs),
      release: () => this.delete(name, holder).catch(() => undefined),
    };
    const deadline = performance.now() + waitMs;
    try {
      while (!(await lease.renew())) {
        if (performance.now() >= deadline) return null;
        await setTimeout(RETRY_MS.least + Math.random() * (RETRY_MS.most - RETRY_MS.least));
      }
      return lease;
    } catch (error) {
      // The statement may have been executed even though its answer was lost.
      void lease.release();
      throw error;
    }
  }

  /** Returns the number of rows that holders left behind when they died. */
  async countExpired(): Promise<number> {
    const sql = `SELECT count(*)::int AS count FROM ${this.table} WHERE expires_at <= now()`;
    const { rows } = await this.run<{ count: number }>(sql, []);
    return rows[0]!.count;
  }

  /** Deletes up to `limit` such rows; returns how many. */
  async deleteExpired(limit: number): Promise<number> {
    const sql = `
      DELETE FROM ${this.table} WHERE name IN (
        SELECT name FROM ${this.table} WHERE expires_at <= now()
        ORDER BY expires_at LIMIT $1 FOR UPDATE SKIP LOCKED
      )`;
    return (await this.run(sql, [limit])).count;
  }

  /** True for its holder as well, so that a claim whose answer was lost may be repeated. */
  private async claim(name: string, holder: string, lastsMs: number): Promise<boolean> {
    const { count } = await this.run(
      `INSERT INTO ${this.table} AS lease (name, holder, expires_at)
         VALUES ($1, $2, clock_timestamp() + make_interval(secs => $3::float8))
         ON CONFLICT (name) DO UPDATE
           SET holder = EXCLUDED.holder, expires_at = clock_timestamp() + make_interval(secs => $3::float8)
           WHERE lease.expires_at <= clock_timestamp() OR lease.holder = EXCLUDED.holder
`,
      [name, holder, lastsMs / 1_000],
    );
    return count > 0;
  }

  private async delete(name: string, holder: string): Promise<void> {
    const sql = `DELETE FROM ${this.table} WHERE name = $1 AND holder = $2`;
    await this.run(sql, [name, holder]);
  }

  private run<Row>(text: string, values: unknown[]): Promise<StatementResult<Row>> {
    return runStatement(this.dataSource, { text, values });
  }
}
