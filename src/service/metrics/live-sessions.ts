import type { DataSource } from 'typeorm';
import { RefreshToken } from '../../index.js';

const KEEP_MS = 30_000;
/** 8 MB, or about 20,000 sessions. */
const PAGES = 1_000;

/**
 * Counts the live sessions, by the database's clock, with at most two queries per minute. The count is exact while the
 * table is small. Beyond that, it is estimated from a fixed number of pages, so that the cost does not grow with the
 * table. The pages are always the same, because others would make the number jump between two queries.
 */
export class LiveSessions {
  private askedAt = -Infinity;
  private answer: Promise<number> = Promise.resolve(Number.NaN);
  private readonly sql: string;

  /** @param shards returns the other databases with sessions */
  constructor(
    private readonly database: DataSource,
    private readonly shards: () => readonly DataSource[] = () => [],
    private readonly pages = PAGES,
  ) {
    const table = database.driver.escape(database.getMetadata(RefreshToken).tableName);
    // In percent of all pages. Repeated in the query because TABLESAMPLE cannot refer to columns of another table.
    const share = `LEAST(100, $1::float8 * 100 * current_setting('block_size')::int
      / GREATEST(pg_relation_size('${table}'::regclass), 1))`;
    this.sql = `SELECT count(*) * 100 / (${share}) AS count FROM ${table} TABLESAMPLE SYSTEM (${share}) REPEATABLE (0)
      WHERE revoked_at IS NULL AND expires_at > now()`;
  }

  /** Returns the last known number if the database does not respond, and NaN if it never has. */
  count(): Promise<number> {
    if (performance.now() - this.askedAt < KEEP_MS) return this.answer;
    this.askedAt = performance.now();
    const before = this.answer;
    this.answer = this.ask().catch(() => before);
    return this.answer;
  }

  private async ask(): Promise<number> {
    const counts = await Promise.all(
      [this.database, ...this.shards()].map(async (database) => {
        const rows = await database.query<{ count: number }[]>(this.sql, [this.pages]);
        return rows[0]!.count;
      }),
    );
    return Math.round(counts.reduce((sum, count) => sum + count, 0));
  }
}
