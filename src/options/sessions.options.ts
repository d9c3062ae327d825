import type { Duration } from './duration.js';
import { duration, flag, group, integer, oneOf, type Rules } from './rules.js';

/** @inline */
export interface SessionOptions {
  /** The maximum lifetime of a session, no matter how often it is refreshed. Default `30d`. */
  absoluteTtl?: Duration;
  /**
   * Whether each refresh replaces the refresh token. `false`: the same token stays valid until it expires. Default
   * `true`.
   */
  rotation?: boolean;
  /** How long a replaced refresh token still returns its successor, at most `60s`. Default `10s`. */
  leeway?: Duration;
  /** The maximum number of sessions per user at the same time, up to 1,000,000; 0 means unlimited. Default 100. */
  maxPerUser?: number;
  /**
   * What happens to a login that would exceed `maxPerUser`: `evict` ends the least recently used session, `refuse`
   * rejects the login with 403 `FORBIDDEN`. Default `evict`.
   */
  whenFull?: 'evict' | 'refuse';
}

const RULES = {
  absoluteTtl: duration('30d', { min: 1 }),
  rotation: flag(true),
  leeway: duration('10s', { max: 60 }),
  maxPerUser: integer(100, 0, 1_000_000),
  whenFull: oneOf('evict', ['evict', 'refuse'] as const),
} satisfies Rules<SessionOptions>;

export const sessions = group(RULES);
