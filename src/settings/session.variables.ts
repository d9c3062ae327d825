import { asNumber, asText, flag, pems } from './parsers.js';
import type { Variable } from './variable.js';

/** How long sessions last and how they end. */
export const sessionVariables = [
  {
    name: 'SESSION_ABSOLUTE_TTL',
    option: 'sessions.absoluteTtl',
    parse: asText,
    default: '30d',
    meaning: 'The maximum lifetime of a session, no matter how often it is refreshed',
  },
  {
    name: 'SESSIONS_PER_USER',
    option: 'sessions.maxPerUser',
    parse: asNumber,
    default: '100',
    meaning: 'The maximum number of sessions per user; `0` means unlimited',
  },
  {
    name: 'SESSIONS_WHEN_FULL',
    option: 'sessions.whenFull',
    parse: asText,
    default: 'evict',
    meaning:
      'What happens to a login over the limit: `evict` ends the least recently used session, `refuse` rejects the login',
  },
  {
    name: 'REFRESH_ROTATION',
    option: 'sessions.rotation',
    parse: flag,
    default: 'true',
    meaning: '`false` keeps the same refresh token until it expires',
  },
  {
    name: 'REFRESH_LEEWAY',
    option: 'sessions.leeway',
    parse: asText,
    default: '10s',
    meaning: 'How long a replaced refresh token still returns its successor, up to `60s`',
  },
  {
    name: 'REVOCATION_MAX_STALENESS',
    option: 'revocation.maxStaleness',
    parse: asText,
    default: '60s',
    meaning:
      'How long tokens are accepted based on the last known revocations while PostgreSQL is unreachable',
  },
  {
    name: 'REDIS_URL',
    option: 'redis.url',
    parse: asText,
    meaning: '`redis://…` or `rediss://…`: instances share rate limits, and revocations travel faster',
  },
  {
    name: 'REDIS_TLS_CA',
    option: 'redis.tlsCa',
    parse: pems,
    onlyWith: 'REDIS_URL',
    meaning:
      'The certificate authorities to trust for `rediss://` in place of the usual ones: PEM texts or paths of PEM files, comma-separated',
  },
] as const satisfies readonly Variable[];
