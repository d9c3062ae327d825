import type { ThrottlerStorage } from '@nestjs/throttler';
import { RateLimiterRedis } from 'rate-limiter-flexible';
import { type RedisConnection, RedisAwayError } from '../redis/redis-connection.js';
import { WindowCounts } from './window-counts.js';

/** About 20 MB when full. Whoever has more addresses than that has more attempts than any count by address stops. */
const MAX_KEYS_IN_MEMORY = 100_000;
/** While Redis is away no instance knows what the others count, so each allows only its share: right for four of them. */
const SHARE_WITHOUT_REDIS = 1 / 4;

type Counted = Awaited<ReturnType<ThrottlerStorage['increment']>>;

/**
 * Counts requests in Redis, shared by all instances, each count one atomic script. Without Redis, in this process's
 * memory; while Redis is away the same but stricter, and back to Redis by itself. Limits are never off.
 */
export class RateLimitStorage implements ThrottlerStorage {
  private readonly memory = new WindowCounts(MAX_KEYS_IN_MEMORY);
  private readonly shared: RateLimiterRedis | undefined;

  constructor(redis: RedisConnection | undefined) {
    this.shared = redis && sharedCounts(redis);
  }

  async increment(key: string, ttl: number, limit: number): Promise<Counted> {
    if (!this.shared) return judge(this.memory.add(key, ttl), limit);
    try {
      const { consumedPoints, msBeforeNext } = await this.shared.penalty(key, 1, {
        customDuration: ttl / 1000,
      });
      return judge({ count: consumedPoints, endsIn: msBeforeNext }, limit);
    } catch (error) {
      if (!(error instanceof RedisAwayError)) throw error;
      return judge(this.memory.add(key, ttl), Math.max(1, Math.floor(limit * SHARE_WITHOUT_REDIS)));
    }
  }
}

function sharedCounts(redis: RedisConnection): RateLimiterRedis {
  return new RateLimiterRedis({
    // All it needs of a client, with the connection's time limit and breaker around it.
    storeClient: {
      eval: (script: string, input: { keys: string[]; arguments: string[] }) =>
        redis.run((client) => client.eval(script, input)),
    },
    useRedisPackage: true,
    keyPrefix: 'latchkey:limit',
    // Only counts are asked for; each call brings its own limit and time.
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
