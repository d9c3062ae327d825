import type { RevocationCheck } from '../revocation/revocation-check.js';
import type { Duration } from './duration.js';
import { duration, group, oneOf, type Rules } from './rules.js';

/** @inline */
export interface RevocationOptions {
  /**
   * How guards check whether a token has been revoked, unless a route specifies otherwise: in memory (`deny-list`), not
   * at all (`stateless`), or also in the database (`strict`). Default `deny-list`.
   */
  check?: RevocationCheck;
  /**
   * How long tokens are accepted based on the last known revocations while the database is unavailable. Default `60s`.
   */
  maxStaleness?: Duration;
}

const RULES = {
  check: oneOf('deny-list', ['deny-list', 'stateless', 'strict'] as const),
  maxStaleness: duration('60s', {}),
} satisfies Rules<RevocationOptions>;

export const revocation = group(RULES);
