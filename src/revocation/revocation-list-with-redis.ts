import type { PostgresRevocationList } from './postgres-revocation-list.js';
import type { RedisRevocationList } from './redis-revocation-list.js';
import type { RevocableToken, Revocation, RevocationList } from './revocation-list.js';

/**
 * PostgreSQL holds the truth and decides; Redis carries it to the other instances too, which counts where a pooler lets
 * no notification of PostgreSQL through. Whatever becomes of Redis, nothing is lost: see `PostgresRevocationList`.
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
    // Nobody waits for it: it is committed, and all hear of it from PostgreSQL as well.
    this.redis.share(entries, seconds).catch(() => undefined);
  }

  isRevoked(token: RevocableToken): boolean {
    return this.redis.knows(token) || this.postgres.isRevoked(token);
  }

  get size(): number {
    return this.postgres.size;
  }

  get staleness(): number {
    return this.postgres.staleness;
  }
}
