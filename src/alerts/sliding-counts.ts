interface Tally {
  /** What was counted and when, oldest first; at most `threshold` entries. */
  seen: Map<string, number>;
  silentUntil: number;
}

/**
 * Reports when `threshold` different things have been counted under one key within `window` milliseconds, then stays
 * silent about that key for another `window`. Remembers the `capacity` keys used most recently.
 */
export class SlidingCounts {
  private readonly tallies = new Map<string, Tally>();

  constructor(
    private readonly threshold: number,
    private readonly window: number,
    private readonly capacity = 10_000,
  ) {}

  /** Counts `thing`. True when this reaches the threshold within the window; the same thing counts only once. */
  reaches(key: string, thing: string, now: number): boolean {
    const tally = this.tallies.get(key) ?? { seen: new Map(), silentUntil: -Infinity };
    this.tallies.delete(key);
    if (this.tallies.size >= this.capacity) this.tallies.delete(this.tallies.keys().next().value!);
    this.tallies.set(key, tally);

    tally.seen.delete(thing);
    tally.seen.set(thing, now);
    for (const [old, at] of tally.seen) if (at <= now - this.window) tally.seen.delete(old);
    if (tally.seen.size < this.threshold) return false;
    tally.seen.clear();
    if (now < tally.silentUntil) return false;
    tally.silentUntil = now + this.window;
    return true;
  }
}
