import type { Duration } from './duration.js';
import { duration, group, integer, type Rule, type Rules, switchable } from './rules.js';

/**
 * Allows `limit` requests, from 1 to 1,000,000, in a window of length `per` that starts with the first request. Further
 * requests are rejected with status 429 until the window ends.
 */
export interface RateLimit {
  limit: number;
  per: Duration;
}

/**
 * The names of the rate limits. Each limit counts requests per client address: per IPv4 address, or per /64 network for
 * IPv6. `clients` counts wrong secrets of resource servers at `/oauth/*` only: per client id and address, and five times
 * as many per address.
 */
export type RateLimitName = 'register' | 'login' | 'refresh' | 'logout' | 'password' | 'clients';

const LIMIT_RULES = {
  limit: integer(undefined, 1, 1_000_000),
  per: duration(undefined, { min: 1 }),
} satisfies Rules<RateLimit>;

/** A limit that is given must be given completely: both `limit` and `per`. */
function limit(fallback: RateLimit) {
  const rule = group(LIMIT_RULES, ({ limit: count, per }) => ({ limit: count, seconds: per }));
  const resolve: typeof rule = (check, option, given = fallback) => rule(check, option, given);
  return Object.assign(resolve, { rules: rule.rules });
}

const RULES = {
  register: limit({ limit: 50, per: '10m' }),
  login: limit({ limit: 50, per: '10m' }),
  refresh: limit({ limit: 300, per: '1m' }),
  logout: limit({ limit: 300, per: '1m' }),
  password: limit({ limit: 50, per: '10m' }),
  clients: limit({ limit: 20, per: '10m' }),
} satisfies Record<RateLimitName, Rule<RateLimit, unknown>>;

export const rateLimits = switchable(group(RULES));
