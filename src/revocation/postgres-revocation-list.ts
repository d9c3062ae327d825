import type { DatabaseNotifications } from '../database/notifications.js';
import { Freshness } from './freshness.js';
import { RevocationIndex } from './revocation-index.js';
import type { RevocableToken, Revocation, RevocationList, RevocationWatcher } from './revocation-list.js';
import { LOOK, parseRevocation, type RevocationEntry } from './revocation-message.js';
import { RevocationReader } from './revocation-reader.js';
import type { RevocationStore } from './revocation.store.js';

/** The longest time until a revocation is read if its notification was missed. */
const POLL_MS = 1_000;

/**
 * Shares revocations between all instances through PostgreSQL: each instance holds them in memory and is notified of
 * new ones as they commit. It also polls every second, so a lost notification does no harm. While the database is
 * unavailable, it uses what it knows for `maxStaleness` seconds and then rejects every token (`UnavailableError`). A
 * process that was frozen reads once, for all requests that wait, before it decides.
 */
export class PostgresRevocationList implements RevocationList {
  private readonly index: RevocationIndex;
  private readonly reader: RevocationReader;
  private reading: Promise<void> | undefined;
  private waiting: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private readonly freshness: Freshness;
  private stopped = false;

  constructor(
    private readonly store: RevocationStore,
    private readonly notifications: DatabaseNotifications,
    settings: { maxStaleness: number; clock: () => number; log?: (line: string) => void },
  ) {
    this.index = new RevocationIndex(settings.clock);
    this.reader = new RevocationReader(store, {
      learn: (records) => this.index.addRecords(records),
      log: (line) => settings.log?.(line),
    });
    this.freshness = new Freshness(() => this.sync(), settings.maxStaleness);
  }

  async onModuleInit(): Promise<void> {
    // Together: whoever listens is told what was missed before, and reads again.
    const listening = this.notifications.listen(this.store.channel, {
      heard: (message) =>
        message === LOOK ? void this.sync().catch(() => undefined) : this.learn([parseRevocation(message)]),
      // Not a renewal, which could join a read that began before.
      missed: () => void this.sync().catch(() => undefined),
    });
    try {
      await this.freshness.renew();
    } catch (error) {
      await this.notifications.onModuleDestroy(); // a failed start leaves no connection behind
      throw error;
    }
    await listening;
    this.schedule();
  }

  onModuleDestroy(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  async revoke(revocations: readonly Revocation[], seconds: number): Promise<void> {
    await this.record(revocations, seconds);
  }

  /** Revokes, and returns the entries as written, with their times. */
  async record(revocations: readonly Revocation[], seconds: number): Promise<RevocationEntry[]> {
    if (revocations.length === 0) return [];
    const entries = await this.store.write(revocations, seconds);
    this.learn(entries);
    return entries;
  }

  /** A promise, which may reject with `UnavailableError`, only while this instance is not up to date. */
  isRevoked(token: RevocableToken): boolean | Promise<boolean> {
    if (this.index.has(token)) return true;
    return this.freshness.isStale && this.freshness.look().then(() => this.index.has(token));
  }

  watch(watcher: RevocationWatcher): () => void {
    return this.index.watch(watcher);
  }

  /** The number of revocations held in memory. */
  get size(): number {
    return this.index.size;
  }

  /** Seconds since this instance was last known to be up to date. */
  get staleness(): number {
    return this.freshness.staleness;
  }

  /** Resolves once everything has been read that was committed before this call. One read runs at a time. */
  private sync(): Promise<void> {
    if (!this.reading) return this.read();
    // The read in progress may have looked too early.
    this.waiting ??= this.reading
      .catch(() => undefined)
      .then(() => {
        this.waiting = undefined;
        return this.reading ?? this.read();
      });
    return this.waiting;
  }

  private read(): Promise<void> {
    this.reading = this.reader
      .read()
      .then(() => this.index.sweep())
      .finally(() => {
        this.reading = undefined;
      });
    return this.reading;
  }

  private learn(revocations: Iterable<RevocationEntry | null>): void {
    for (const revocation of revocations) if (revocation) this.index.add(revocation);
    this.index.sweep();
  }

  private schedule(): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      void this.freshness
        .renew()
        .catch(() => undefined) // retried in a second; until then the staleness grows
        .then(() => this.schedule());
    }, POLL_MS).unref();
  }
}
