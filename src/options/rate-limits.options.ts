import type { Duration } from './duration.js';
import { duration, group, integer, optional, type Rule, type Rules, switchable } from './rules.js';

/**
 * Allows `limit` requests, from 1 to 1,000,000, in a window of length `per` that starts with the first request. Further
 * requests are rejected with status 429 until the window ends.
 */
export interface RateLimit {
  limit: number;
  per: Duration;
  /**
   * Allows this many requests in `per` from all addresses of an IPv6 /56 together. Default: four times `limit` where
   * passwords or secrets are checked (`register`, `login`, `password`, `clients`), elsewhere unlimited.
   */
  limitPer56?: number;
  /** The same for an IPv6 /48. Default: sixteen times `limit` where `limitPer56` is four times it, elsewhere unlimited. */
  limitPer48?: number;
}

/** A rate limit with all defaults. */
export interface ResolvedRateLimit {
  limit: number;
  seconds: number;
  /** `undefined`: unlimited. */
  limitPer56?: number;
  limitPer48?: number;
}

/**
 * The names of the rate limits. Each limit counts requests per client address: per IPv4 address, or per /64 network for
 * IPv6, and where configured also per /56 and /48. `mails` counts requests that send a mail.
 * `challenges` counts what begins a login with a passkey, as every view of a login page may. `clients` counts wrong secrets of resource servers at `/oauth/*` only:
 * per client id and address, and five times as many per address; and in the same way per /56 and /48.
 */
export type RateLimitName =
  'register' | 'login' | 'refresh' | 'logout' | 'password' | 'mails' | 'challenges' | 'clients';

const MAX = 1_000_000;
const LIMIT_RULES = {
  limit: integer(undefined, 1, MAX),
  per: duration(undefined, { min: 1 }),
  limitPer56: optional(integer(undefined, 1, MAX)),
  limitPer48: optional(integer(undefined, 1, MAX)),
} satisfies Rules<RateLimit>;

/**
 * A limit that is given must be given completely: both `limit` and `per`.
 * @param wider how many times the limit an IPv6 /56 and a /48 are allowed
 */
function limit(fallback: RateLimit, wider?: { per56: number; per48: number }) {
  const rule = group(LIMIT_RULES, ({ limit: count, per, ...given }): ResolvedRateLimit => ({
    limit: count,
    seconds: per,
    limitPer56: given.limitPer56 ?? (wider && wider.per56 * count),
    limitPer48: given.limitPer48 ?? (wider && wider.per48 * count),
  }));
  const resolve: typeof rule = (check, option, given = fallback) => rule(check, option, given);
  return Object.assign(resolve, { rules: rule.rules });
}

/** Guesses, and hashes that keep a machine busy, must not add up over the addresses of one customer. */
const WIDER = { per56: 4, per48: 16 };

const RULES = {
  register: limit({ limit: 50, per: '10m' }, WIDER),
  login: limit({ limit: 50, per: '10m' }, WIDER),
  refresh: limit({ limit: 300, per: '1m' }),
  logout: limit({ limit: 300, per: '1m' }),
  password: limit({ limit: 50, per: '10m' }, WIDER),
  mails: limit({ limit: 20, per: '1h' }, WIDER),
  challenges: limit({ limit: 300, per: '10m' }),
  clients: limit({ limit: 20, per: '10m' }, WIDER),
} satisfies Record<RateLimitName, Rule<RateLimit, unknown>>;

export const rateLimits = switchable(group(RULES));
