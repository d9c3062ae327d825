import type { PostgresRevocationList } from './postgres-revocation-list.js';
import type { RedisRevocationList } from './redis-revocation-list.js';
import type { RevocableToken, Revocation, RevocationList, RevocationWatcher } from './revocation-list.js';

/**
 * PostgreSQL is authoritative. Redis carries revocations to the other instances as well, which matters where a pooler
 * does not pass PostgreSQL's notifications on. If Redis fails, nothing is lost: see `PostgresRevocationList`.
 */
export class RevocationListWithRedis implements RevocationList {
  constructor(
    private readonly postgres: PostgresRevocationList,
    private readonly redis: RedisRevocationList,
  ) {}

  async onModuleInit(): Promise<void> {
    await Promise.all([this.postgres.onModuleInit(), this.redis.onModuleInit()]);
  }

  async onModuleDestroy(): Promise<void> {
    this.postgres.onModuleDestroy();
    this.redis.onModuleDestroy();
  }

  async revoke(revocations: readonly Revocation[], seconds: number): Promise<void> {
    const entries = await this.postgres.record(revocations, seconds);
    // Not awaited: the revocation is committed, and PostgreSQL notifies all instances as well.
    this.redis.share(entries, seconds).catch(() => undefined);
  }

  isRevoked(token: RevocableToken): boolean | Promise<boolean> {
    return this.redis.knows(token) || this.postgres.isRevoked(token);
  }

  watch(watcher: RevocationWatcher): () => void {
    const ends = [this.postgres.watch(watcher), this.redis.watch(watcher)];
    return () => ends.forEach((end) => end());
  }

  get size(): number {
    return this.postgres.size;
  }

  get staleness(): number {
    return this.postgres.staleness;
  }
}
