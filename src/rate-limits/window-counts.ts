interface Window {
  count: number;
  endsAt: number;
}

/**
 * Counts by key in this process's memory, each in a time that begins with the first. At most `maxKeys` are held,
 * whatever comes: beyond that the oldest makes room. No timers: what has ended goes as new ones come.
 */
export class WindowCounts {
  /** In the order in which they began. */
  private readonly windows = new Map<string, Window>();

  constructor(
    private readonly maxKeys: number,
    private readonly now: () => number = () => performance.now(),
  ) {}

  get size(): number {
    return this.windows.size;
  }

  /** Adds one. Returns the count with it, and the milliseconds until it starts over. */
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

  /** Looks at two for each one that comes, so that what has ended goes faster than new ones come. */
  private makeRoom(now: number): void {
    let looked = 0;
    for (const [key, { endsAt }] of this.windows) {
      if (looked++ === 2) return;
      if (endsAt <= now || this.windows.size >= this.maxKeys) this.windows.delete(key);
    }
  }
}
