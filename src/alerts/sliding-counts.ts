interface Tally {
  /** What was counted and when, the oldest first; at most as many as the threshold. */
  seen: Map<string, number>;
  silentUntil: number;
}

/**
 * Says when `threshold` different things have come together under one key within `window` milliseconds; then holds its
 * tongue about that key for as long. Remembers `capacity` keys, those heard of last.
 */
export class SlidingCounts {
  private readonly tallies = new Map<string, Tally>();

  constructor(
    private readonly threshold: number,
    private readonly window: number,
    private readonly capacity = 10_000,
  ) {}

  /** True when `thing` makes it as many, all of them different, within the time. */
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
