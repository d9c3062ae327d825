import type { DataSource } from 'typeorm';
import { unavailableWhenDown } from '../errors/database-errors.js';

/** The time in whole milliseconds since the epoch. */
export type Clock = () => number;
export const Clock = Symbol('Clock');

const SYNC_MS = 5_000;

/**
 * The database's time as this process knows it. Tokens are signed and sessions end by that clock, so tokens are judged by
 * it too: an instance whose own clock is wrong refuses no good token and lets no expired one pass.
 */
export class DatabaseClock {
  /** What to add to this process's clock to have the database's, in milliseconds. */
  private offset = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly local: Clock = Date.now,
  ) {}

  readonly now: Clock = () => this.local() + this.offset;

  async onModuleInit(): Promise<void> {
    await this.sync();
    // While the database is away the offset known last will do.
    this.timer = setInterval(() => void this.sync().catch(() => undefined), SYNC_MS).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  /**
   * Asks the database what time it is. It looked at its clock at some moment between question and answer, so the offset
   * moves no further than that demands: no late answer makes it worse, and on the database's own machine it stays 0.
   */
  async sync(): Promise<void> {
    const asked = performance.now();
    const rows = await unavailableWhenDown(() =>
      this.dataSource.query<{ now: Date }[]>('SELECT clock_timestamp() AS now'),
    );
    const local = this.local();
    const trip = Math.ceil(performance.now() - asked);
    const least = rows[0]!.now.getTime() - local;
    const most = least + trip;
    this.offset = Math.max(least, Math.min(most, this.offset));
  }
}
