import { type Duration, parseDuration } from '../options/duration.js';

/**
 * A clock that stands still until a test moves it. Pass its `now` to the module as the `clock` option. With
 * `inMemoryAuth`, everything uses it; sessions in PostgreSQL use the database's clock instead.
 */
export class FakeClock {
  private time: number;

  /** @param start a date, or milliseconds since the epoch; defaults to the current time */
  constructor(start: Date | number = Date.now()) {
    this.time = Number(start);
  }

  /** Returns milliseconds since the epoch. Bound to the clock, so it can be passed on its own. */
  readonly now = (): number => this.time;

  /**
   * Moves the clock forward.
   * @param by a duration such as `15m`
   * @throws Error when `by` is not a duration
   */
  advance(by: Duration): void {
    const seconds = parseDuration(by);
    if (seconds === null) throw new Error(`"${by}" is not a duration such as 15m`);
    this.time += seconds * 1_000;
  }

  /** Sets the clock to a date, or to milliseconds since the epoch. */
  set(time: Date | number): void {
    this.time = Number(time);
  }
}
