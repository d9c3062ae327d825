import type { DataSource } from 'typeorm';
import { runStatement } from './statement.js';

/** Returns the time in whole milliseconds since the epoch. */
export type Clock = () => number;
export const Clock = Symbol('Clock');

const SYNC_MS = 5_000;

/**
 * The database's time as known to this process. Tokens are signed and sessions end on that clock, so tokens are checked
 * on it too: an instance whose own clock is wrong rejects no valid token and accepts no expired one.
 */
export class DatabaseClock {
  /** The database's clock minus this process's clock, in milliseconds. */
  private offset = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly local: Clock = Date.now,
  ) {}

  readonly now: Clock = () => this.local() + this.offset;

  async onModuleInit(): Promise<void> {
    await this.sync();
    // While the database is unavailable, the last known offset is good enough.
    this.timer = setInterval(() => void this.sync().catch(() => undefined), SYNC_MS).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  /**
   * Asks the database for the time. It read its clock at some moment between the question and the answer, so the offset
   * changes no more than necessary: a slow answer does not make it worse, and on the database's machine it stays 0.
   */
  async sync(): Promise<void> {
    const asked = performance.now();
    const text = 'SELECT clock_timestamp() AS now';
    const { rows } = await runStatement<{ now: Date }>(this.dataSource, { text, values: [] });
    const local = this.local();
    const trip = Math.ceil(performance.now() - asked);
    const least = rows[0]!.now.getTime() - local;
    const most = least + trip;
    this.offset = Math.max(least, Math.min(most, this.offset));
  }
}
