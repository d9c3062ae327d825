import type { DataSource } from 'typeorm';
import { runStatement } from './statement.js';

/** Returns the time in whole milliseconds since the epoch. */
export type Clock = () => number;
export const Clock = Symbol('Clock');

const SYNC_MS = 5_000;
/** A difference between two clocks that no correction of their speed makes within that time. */
const JUMP_MS = 500;

/** The process's own time, which nobody sets: it stands still only while the machine sleeps. */
const steady: Clock = () => Math.floor(performance.timeOrigin + performance.now());

/**
 * The database's time as known to this process. Tokens are signed and sessions end on that clock, so tokens are checked
 * on it too: an instance whose own clock is wrong, or is set, rejects no valid token and accepts no expired one.
 */
export class DatabaseClock {
  /** The database's clock minus this process's clock, in milliseconds. */
  private offset = 0;
  /** The system's clock minus this process's clock, when the database was last asked. */
  private apart = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly local: Clock = steady,
  ) {}

  readonly now: Clock = () => {
    const local = this.local();
    // Either somebody has set the system's clock, or the machine has slept and this one is late.
    if (Math.abs(Date.now() - local - this.apart) > JUMP_MS) void this.sync().catch(() => undefined);
    return local + this.offset;
  };

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
    this.apart = Date.now() - this.local();
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
