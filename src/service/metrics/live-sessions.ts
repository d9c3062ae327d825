import type { DataSource } from 'typeorm';
import { RefreshToken } from '../../index.js';

const KEEP_MS = 30_000;
/** 8 MB, some twenty thousand sessions. */
const PAGES = 1_000;

/**
 * How many sessions live, asked of the database twice a minute at most, by the database's clock. Counted while the table
 * is small. Beyond that estimated from a fixed number of its pages, so that it costs the same however large the table
 * is: always the same pages, since others would make the number jump from one look to the next.
 */
export class LiveSessions {
  private askedAt = -Infinity;
  private answer: Promise<number> = Promise.resolve(Number.NaN);
  private readonly sql: string;

  constructor(
    private readonly database: DataSource,
    private readonly pages = PAGES,
  ) {
    const table = database.driver.escape(database.getMetadata(RefreshToken).tableName);
    // In per cent of all pages. Written out twice, because TABLESAMPLE takes no column of another table.
    const share = `LEAST(100, $1::float8 * 100 * current_setting('block_size')::int
      / GREATEST(pg_relation_size('${table}'::regclass), 1))`;
    this.sql = `SELECT count(*) * 100 / (${share}) AS count FROM ${table} TABLESAMPLE SYSTEM (${share}) REPEATABLE (0)
      WHERE revoked_at IS NULL AND expires_at > now()`;
  }

  /** The last known number while the database does not answer; NaN when it never did. */
  count(): Promise<number> {
    if (performance.now() - this.askedAt < KEEP_MS) return this.answer;
    this.askedAt = performance.now();
    const before = this.answer;
    this.answer = this.ask().catch(() => before);
    return this.answer;
  }

  private async ask(): Promise<number> {
    const rows = await this.database.query<{ count: number }[]>(this.sql, [this.pages]);
    return Math.round(rows[0]!.count);
  }
}
