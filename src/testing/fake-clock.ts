import { type Duration, parseDuration } from '../options/duration.js';

/**
 * A clock that stands still until a test moves it. Give its `now` to the module as the `clock` option. With
 * `inMemoryAuth` everything goes by it; where sessions are in PostgreSQL, those go by the database's clock.
 */
export class FakeClock {
  private time: number;

  /** Starts at the present, or at a given moment. */
  constructor(start: Date | number = Date.now()) {
    this.time = Number(start);
  }

  /** Milliseconds since the epoch. Bound, so that it can be handed over as it is. */
  readonly now = (): number => this.time;

  /** Moves on by a duration such as `15m`. */
  advance(by: Duration): void {
    const seconds = parseDuration(by);
    if (seconds === null) throw new Error(`"${by}" is no duration such as 15m`);
    this.time += seconds * 1_000;
  }

  /** Goes to a moment, or to milliseconds since the epoch. */
  set(time: Date | number): void {
    this.time = Number(time);
  }
}
