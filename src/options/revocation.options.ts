import type { RevocationCheck } from '../revocation/revocation-check.js';
import type { Duration } from './duration.js';
import { duration, group, oneOf, type Rules } from './rules.js';

/** @inline */
export interface RevocationOptions {
  /** How guards check whether a token was revoked, unless a route says otherwise. Default `deny-list`. */
  check?: RevocationCheck;
  /** How long tokens are judged by the last known revocations while the database is unreachable. Default `60s`. */
  maxStaleness?: Duration;
}

const RULES = {
  check: oneOf('deny-list', ['deny-list', 'stateless', 'strict'] as const),
  maxStaleness: duration('60s', {}),
} satisfies Rules<RevocationOptions>;

export const revocation = group(RULES);
