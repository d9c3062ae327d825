import type { DataSource } from 'typeorm';
import { steadyTime } from './moment.js';
import { runStatement } from './statement.js';

/** Returns the time in whole milliseconds since the epoch. */
export type Clock = () => number;
export const Clock = Symbol('Clock');
/** The {@link Clock} by which tokens expire: where the time is uncertain, it is late rather than early. */
export const ExpiryClock = Symbol('ExpiryClock');

const SYNC_MS = 5_000;
/** How often it looks whether the system's clock was set, in case that no request does. */
const LOOK_MS = 1_000;
/** A difference between two clocks that no correction of their speed makes within that time. */
const JUMP_MS = 500;

/**
 * The database's time as known to this process. Tokens are signed and sessions end on that clock, so tokens are checked
 * on it too: an instance whose own clock is wrong rejects no valid token and accepts no expired one. If that clock is set while
 * it runs, it may reject a valid token until PostgreSQL has answered one question, which it asks within a second.
 */
export class DatabaseClock {
  /** The database's clock minus this process's clock, in milliseconds. */
  private offset = 0;
  /** The system's clock minus this process's clock, when the database was last asked. */
  private apart = 0;
  private asking: Promise<void> | undefined;
  private timers: NodeJS.Timeout[] = [];

  constructor(
    private readonly dataSource: DataSource,
    private readonly local: Clock = steadyTime,
  ) {}

  /** Never ahead of the database: what is kept until some time is not dropped early. */
  readonly now: Clock = () => this.local() + this.offset;

  /**
   * If the system's clock is ahead of the process's, it was set, or the machine has slept and the process's is late. Until
   * the database says which, no token may pass that has expired.
   */
  readonly latest: Clock = () => {
    const local = this.local();
    const jump = Date.now() - local - this.apart;
    if (Math.abs(jump) <= JUMP_MS) return local + this.offset;
    this.asking ??= this.sync()
      .catch(() => undefined)
      .finally(() => (this.asking = undefined));
    return local + this.offset + Math.max(0, jump);
  };

  async onModuleInit(): Promise<void> {
    await this.sync();
    // While the database is unavailable, the last known offset is good enough.
    this.timers = [
      setInterval(() => void this.sync().catch(() => undefined), SYNC_MS),
      setInterval(this.latest, LOOK_MS),
    ].map((timer) => timer.unref());
  }

  onModuleDestroy(): void {
    this.timers.forEach(clearInterval);
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
    this.apart = Date.now() - local;
    const least = rows[0]!.now.getTime() - local;
    const most = least + trip;
    this.offset = Math.max(least, Math.min(most, this.offset));
  }
}
