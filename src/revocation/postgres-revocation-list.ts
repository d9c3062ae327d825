import type { DatabaseNotifications } from '../database/notifications.js';
import { UnavailableError } from '../errors/auth-errors.js';
import { type RevocationEntry, RevocationIndex } from './revocation-index.js';
import type { RevocableToken, Revocation, RevocationList, RevocationWatcher } from './revocation-list.js';
import { parseRevocation, REVOKED } from './revocation-message.js';
import type { RevocationStore } from './revocation.store.js';

/** The longest time until a revocation is read if its notification was missed. */
const POLL_MS = 1_000;
/** Longer than a statement may take to commit, so that the next reads find what one read missed. */
const OVERLAP_SECONDS = 10;

/**
 * Shares revocations between all instances through PostgreSQL: each instance holds them in memory and is notified of
 * new ones as they commit. It also polls every second, so a lost notification does no harm. While the database is
 * unavailable, it uses what it knows for `maxStaleness` seconds and then rejects every token (`UnavailableError`).
 */
export class PostgresRevocationList implements RevocationList {
  private readonly index: RevocationIndex;
  private timer: NodeJS.Timeout | undefined;
  private syncedAt = -Infinity;
  private stopped = false;

  constructor(
    private readonly store: RevocationStore,
    private readonly notifications: DatabaseNotifications,
    private readonly settings: { maxStaleness: number; clock: () => number },
  ) {
    this.index = new RevocationIndex(settings.clock);
  }

  async onModuleInit(): Promise<void> {
    await this.sync();
    await this.notifications.listen(REVOKED, {
      heard: (message) => this.learn([parseRevocation(message)]),
      missed: () => void this.sync().catch(() => undefined),
    });
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

  isRevoked(token: RevocableToken): boolean {
    if (this.index.has(token)) return true;
    if (this.staleness > this.settings.maxStaleness)
      throw new UnavailableError({
        message: 'Cannot check right now whether the session has ended.',
        retryAfter: 1,
      });
    return false;
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
    return (performance.now() - this.syncedAt) / 1000;
  }

  /** Reads new revocations, or all of them after a time without the database. */
  private async sync(): Promise<void> {
    const began = performance.now();
    const recent = this.staleness < OVERLAP_SECONDS / 2;
    this.learn(await this.store.read(recent ? OVERLAP_SECONDS : undefined));
    this.syncedAt = Math.max(this.syncedAt, began);
  }

  private learn(revocations: readonly (RevocationEntry | null)[]): void {
    for (const revocation of revocations) if (revocation) this.index.add(revocation);
  }

  private schedule(): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      void this.sync()
        .catch(() => undefined) // retried in a second; until then the staleness grows
        .then(() => this.schedule());
    }, POLL_MS).unref();
  }
}
