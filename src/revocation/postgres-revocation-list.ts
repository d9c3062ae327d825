import type { DatabaseNotifications } from '../database/notifications.js';
import { UnavailableError } from '../errors/auth-errors.js';
import { type RevocationEntry, RevocationIndex } from './revocation-index.js';
import type { RevocableToken, Revocation, RevocationList } from './revocation-list.js';
import { parseRevocation, REVOKED } from './revocation-message.js';
import type { RevocationStore } from './revocation.store.js';

/** Whatever is said on the channel while nobody hears it is read at the latest so long after. */
const POLL_MS = 1_000;
/** Longer than a statement may take to commit: what a look may have missed, the next ones see. */
const OVERLAP_SECONDS = 10;

/**
 * Revocations shared by all instances through PostgreSQL: each holds them in memory and hears new ones as they commit.
 * Every second it also reads what is new, so that nothing depends on being heard. While the database is away it goes on
 * with what it knows for `maxStaleness` seconds; after that it refuses every token (`UnavailableError`).
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

  /** Revokes, and returns what was written, with its times. */
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
        message: 'Whether the session has ended cannot be told now.',
        retryAfter: 1,
      });
    return false;
  }

  /** How many revocations are held. */
  get size(): number {
    return this.index.size;
  }

  /** Seconds since this instance last knew for sure. */
  get staleness(): number {
    return (performance.now() - this.syncedAt) / 1000;
  }

  /** Reads what is new, or everything after a while without the database. */
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
        .catch(() => undefined) // tried again in a second; the staleness tells
        .then(() => this.schedule());
    }, POLL_MS).unref();
  }
}
