import { type DataSource, IsNull, MoreThan } from 'typeorm';
import { RefreshToken } from '../../index.js';

const KEEP_MS = 30_000;

/** How many sessions live, asked of the database twice a minute at most. */
export class LiveSessions {
  private askedAt = -Infinity;
  private answer: Promise<number> = Promise.resolve(Number.NaN);

  constructor(private readonly database: DataSource) {}

  /** The last known number while the database does not answer; NaN when it never did. */
  count(): Promise<number> {
    if (performance.now() - this.askedAt < KEEP_MS) return this.answer;
    this.askedAt = performance.now();
    const before = this.answer;
    const where = { revokedAt: IsNull(), expiresAt: MoreThan(new Date()) };
    this.answer = this.database
      .getRepository(RefreshToken)
      .count({ where })
      .catch(() => before);
    return this.answer;
  }
}
