import type { ThrottlerStorage } from '@nestjs/throttler';
import type { RateLimiterRedis } from 'rate-limiter-flexible';
import { type RedisConnection, RedisAwayError } from '../redis/redis-connection.js';
import { WindowCounts } from './window-counts.js';

/** About 20 MB when full. Counting by address cannot stop an attacker who has more addresses than this. */
const MAX_KEYS_IN_MEMORY = 100_000;
/** While Redis is unavailable, instances do not share counts, so each allows only a share: right for four instances. */
const SHARE_WITHOUT_REDIS = 1 / 4;

type Counted = Awaited<ReturnType<ThrottlerStorage['increment']>>;

/**
 * Counts requests in Redis, shared by all instances, with one atomic script per count. Without Redis it counts in this
 * process's memory; while Redis is unavailable it does the same with stricter limits. Limits are never off.
 */
export class RateLimitStorage implements ThrottlerStorage {
  private readonly memory = new WindowCounts(MAX_KEYS_IN_MEMORY);
  private readonly shared: Promise<RateLimiterRedis> | undefined;

  constructor(redis: RedisConnection | undefined) {
    this.shared = redis && sharedCounts(redis);
  }

  async increment(key: string, ttl: number, limit: number): Promise<Counted> {
    if (!this.shared) return judge(this.memory.add(key, ttl), limit);
    try {
      const counts = await this.shared;
      const { consumedPoints, msBeforeNext } = await counts.penalty(key, 1, { customDuration: ttl / 1000 });
      return judge({ count: consumedPoints, endsIn: msBeforeNext }, limit);
    } catch (error) {
      if (!(error instanceof RedisAwayError)) throw error;
      return judge(this.memory.add(key, ttl), Math.max(1, Math.floor(limit * SHARE_WITHOUT_REDIS)));
    }
  }

  /** Takes one count back, for what turned out not to count. */
  async takeBack(key: string): Promise<void> {
    if (!this.shared) return this.memory.takeBack(key);
    try {
      const counts = await this.shared;
      await counts.reward(key, 1);
    } catch (error) {
      if (!(error instanceof RedisAwayError)) throw error;
      this.memory.takeBack(key);
    }
  }
}

async function sharedCounts(redis: RedisConnection): Promise<RateLimiterRedis> {
  // Loaded only with Redis, because it takes a tenth of the time that Latchkey takes to load.
  const { RateLimiterRedis } = await import('rate-limiter-flexible');
  return new RateLimiterRedis({
    // All that it needs from a client, with the connection's timeout and circuit breaker.
    storeClient: {
      eval: (script: string, input: { keys: string[]; arguments: string[] }) =>
        redis.run((client) => client.eval(script, input)),
    },
    useRedisPackage: true,
    keyPrefix: 'latchkey:limit',
    // Unused: only the counts are read, and each call passes its own duration.
    points: 1,
    duration: 1,
  });
}

function judge({ count, endsIn }: { count: number; endsIn: number }, limit: number): Counted {
  const seconds = Math.ceil(endsIn / 1000);
  return {
    totalHits: count,
    timeToExpire: seconds,
    isBlocked: count > limit,
    timeToBlockExpire: count > limit ? seconds : 0,
  };
}
