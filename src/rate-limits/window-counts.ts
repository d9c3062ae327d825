interface Window {
  count: number;
  endsAt: number;
}

/**
 * Counts by key in this process's memory, each in a window that starts with the first count. Holds at most `maxKeys`
 * keys and evicts the oldest. Uses no timers: ended windows are removed as new ones are added.
 */
export class WindowCounts {
  /** In the order in which they started. */
  private readonly windows = new Map<string, Window>();

  constructor(
    private readonly maxKeys: number,
    private readonly now: () => number = () => performance.now(),
  ) {}

  get size(): number {
    return this.windows.size;
  }

  /** Adds one. Returns the new count, and the milliseconds until it starts over. `length` is in milliseconds. */
  add(key: string, length: number): { count: number; endsIn: number } {
    const now = this.now();
    let window = this.windows.get(key);
    if (!window || window.endsAt <= now) {
      this.windows.delete(key);
      this.makeRoom(now);
      window = { count: 0, endsAt: now + length };
      this.windows.set(key, window);
    }
    window.count++;
    return { count: window.count, endsIn: window.endsAt - now };
  }

  /** Subtracts one from a window that has not ended. */
  takeBack(key: string): void {
    const window = this.windows.get(key);
    if (window && window.count > 0) window.count--;
  }

  /** Checks two windows for each one added, so that ended windows are removed faster than new ones are added. */
  private makeRoom(now: number): void {
    let looked = 0;
    for (const [key, { endsAt }] of this.windows) {
      if (looked++ === 2) return;
      if (endsAt <= now || this.windows.size >= this.maxKeys) this.windows.delete(key);
    }
  }
}
