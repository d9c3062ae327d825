import type { Duration } from './duration.js';
import { duration, flag, group, integer, oneOf, type Rules } from './rules.js';

/** @inline */
export interface SessionOptions {
  /** How long a session lasts at most, however often it is refreshed. Default `30d`. */
  absoluteTtl?: Duration;
  /** `false`: the same refresh token stays valid until it expires. Default `true`. */
  rotation?: boolean;
  /** How long a replaced refresh token still returns its successor, at most `60s`. Default `10s`. */
  leeway?: Duration;
  /** How many sessions a user may have at the same time; 0 for any number. Default 100. */
  maxPerUser?: number;
  /**
   * What a login does when the user has that many sessions: `evict` ends the one that has been unused for longest, `refuse`
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
