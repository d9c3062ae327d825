import type { Duration } from './duration.js';
import { duration, flag, group, integer, oneOf, type Rules } from './rules.js';

/** @inline */
export interface SessionOptions {
  /** A session ends then, however often it is refreshed. Default `30d`. */
  absoluteTtl?: Duration;
  /** `false`: the same refresh token stays valid until it expires. Default `true`. */
  rotation?: boolean;
  /** How long a replaced refresh token still gets its successor again, at most `60s`. Default `10s`. */
  leeway?: Duration;
  /** How many sessions a user may have at a time. Default 100; 0: any number. */
  maxPerUser?: number;
  /**
   * What becomes of a login that would be one too many: `evict` ends the session that was not used for longest, `refuse`
   * answers 403 `FORBIDDEN`. Default `evict`.
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
