import type { Duration } from './duration.js';
import { duration, group, integer, type Rule, type Rules, switchable } from './rules.js';

/** At most `limit` requests in a window of length `per`, which begins with the first one; further ones are answered 429. */
export interface RateLimit {
  limit: number;
  per: Duration;
}

/** The endpoints with a limit by client address: an IPv4 address, or the /64 network of an IPv6 address. */
export type RateLimitName = 'register' | 'login' | 'refresh' | 'logout' | 'password';

const LIMIT_RULES = {
  limit: integer(undefined, 1, 1_000_000),
  per: duration(undefined, { min: 1 }),
} satisfies Rules<RateLimit>;

/** One that is given is given whole. */
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
} satisfies Record<RateLimitName, Rule<RateLimit, unknown>>;

export const rateLimits = switchable(group(RULES));
