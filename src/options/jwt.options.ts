import { keyFromSecret, SECRET_ADVICE } from '../keys/signing-key.js';
import { ACCESS_CLAIM_RULES, type AccessClaimOptions, staticClaims } from './access-claims.options.js';
import { ACCESS_KEY_RULES, type AccessKeyOptions, resolveAccessKeys } from './access-keys.options.js';
import type { Duration } from './duration.js';
import { acceptedIssuers, issuer } from './issuer.options.js';
import type { OptionChecker } from './option-checker.js';
import { asGiven, duration, group, integer, type Rules, text } from './rules.js';

/** @inline */
export interface JwtOptions extends AccessKeyOptions, AccessClaimOptions {
  /**
   * One or more secrets of at least 32 random bytes, newest first, that are not used for anything else. The first one
   * that all instances know signs refresh tokens, all of them verify.
   */
  refreshSecret: string | string[];
  /**
   * The `iss` claim of tokens (RFC 7519 §4.1.1), compared exactly. If it is a URL, it must start with `https://`, or
   * with `http://` on this machine, and have no query or fragment (RFC 8414 §2). Default: `publicUrl`, or `latchkey`
   * without one.
   */
  issuer?: string;
  /**
   * Further issuers whose access and refresh tokens are accepted, compared exactly. For a move from one issuer to
   * another: new tokens always carry `issuer`. Default: none.
   */
  acceptedIssuers?: string[];
  /** The `aud` claim of tokens (RFC 7519 §4.1.3), compared exactly. Default `latchkey`. */
  audience?: string;
  /**
   * The lifetime of an access token, at most `30d`; more than a day causes a warning. A lower value also applies to tokens
   * already issued. Default `15m`.
   */
  accessTtl?: Duration;
  /** A session ends when it is not refreshed for this long. Default `7d`. */
  refreshTtl?: Duration;
  /** How much clocks may differ when `exp`, `nbf` and `iat` are checked, at most `60s`. Default `5s`. */
  clockTolerance?: Duration;
  /**
   * For how many verified access tokens there is a cache, so that verifying one again needs no cryptography: it takes at
   * most 2 kB of memory for each, so longer tokens count as several. At most 1,000,000; 0 disables the cache. Default
   * 20,000, at most 40 MB.
   */
  verifiedTokens?: number;
}

const RULES = {
  ...ACCESS_KEY_RULES,
  ...ACCESS_CLAIM_RULES,
  refreshSecret: asGiven<string | string[]>(),
  issuer,
  acceptedIssuers,
  audience: text('latchkey'),
  accessTtl: duration('15m', { min: 1, max: 30 * 86_400 }),
  refreshTtl: duration('7d', { min: 1 }),
  clockTolerance: duration('5s', { max: 60 }),
  verifiedTokens: integer(20_000, 0, 1_000_000),
} satisfies Rules<JwtOptions>;

/** What a usual token takes with its claims. */
const BYTES_PER_TOKEN = 2_000;

export const jwt = group(RULES, (resolved, check, option, given) => ({
  accessKeys: resolveAccessKeys(given, check),
  refreshKeys: refreshKeys(`${option}.refreshSecret`, resolved.refreshSecret, check),
  staticClaims: staticClaims(resolved, check, option),
  issuer: resolved.issuer,
  /** What access and refresh tokens have in common. */
  policy: {
    acceptedIssuers: resolved.acceptedIssuers,
    audience: resolved.audience,
    clockTolerance: resolved.clockTolerance,
    maxLifetime: resolved.accessTtl,
  },
  refreshTtl: resolved.refreshTtl,
  cacheBytes: resolved.verifiedTokens * BYTES_PER_TOKEN,
}));

function refreshKeys(option: string, given: string | string[] | undefined, check: OptionChecker) {
  return check.keys(option, given, (secret) => keyFromSecret(secret, 'HS256'), SECRET_ADVICE);
}
