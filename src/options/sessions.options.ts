import type { Duration } from './duration.js';
import { databaseUrlProblem } from '../database/database-url.js';
import { duration, flag, group, integer, oneOf, type Rule, type Rules } from './rules.js';

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
  /**
   * The URLs of further PostgreSQL databases, over which new sessions are spread; sessions that exist stay where they are.
   * Users and everything else are in the database of the module. Add new ones at the end: the order must not change. At
   * most 1,000. Default: none, so that sessions are in the database of the module.
   */
  shards?: string[];
  /** Whether the migrations run in the shards at startup. `false`: run `latchkey migrate` before. Default `true`. */
  migrateShards?: boolean;
}

const MOST = 1_000;

/** The URLs are behind functions, because they contain passwords and options are printed. */
const shards: Rule<string[], (() => string)[]> = (check, option, given = []) => {
  const urls = Array.isArray(given) ? given : [];
  if (!Array.isArray(given) || urls.length > MOST)
    check.fail(
      option,
      `must be a list of at most ${MOST} URLs: ['postgres://user:password@host:5432/database']`,
    );
  urls.forEach((url: unknown, place) => {
    const problem =
      typeof url === 'string' && url !== '' ? databaseUrlProblem(url) : 'must be the URL of a database';
    if (problem) check.fail(option, `(number ${place + 1}) ${problem}`);
    else if (urls.indexOf(url as string) < place) check.fail(option, `(number ${place + 1}) is there twice`);
  });
  return urls.map((url) => () => url);
};

const RULES = {
  absoluteTtl: duration('30d', { min: 1 }),
  rotation: flag(true),
  leeway: duration('10s', { max: 60 }),
  maxPerUser: integer(100, 0, 1_000_000),
  whenFull: oneOf('evict', ['evict', 'refuse'] as const),
  shards,
  migrateShards: flag(true),
} satisfies Rules<SessionOptions>;

export const sessions = group(RULES);
