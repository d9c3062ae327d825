import type { ClaimsHook } from '../tokens/access-tokens.js';
import type { AccountProtectionOptions } from './account-protection.options.js';
import type { AlertOptions } from './alerts.options.js';
import type { AuditOptions } from './audit.options.js';
import type { CookieOptions } from './cookies.options.js';
import type { CsrfOptions } from './csrf.options.js';
import type { Duration } from './duration.js';
import type { JwtOptions } from './jwt.options.js';
import type { PasswordOptions } from './passwords.options.js';
import type { RateLimit, RateLimitName } from './rate-limits.options.js';
import type { RedisOptions } from './redis.options.js';
import type { RevocationOptions } from './revocation.options.js';
import type { SessionOptions } from './sessions.options.js';

/** Everything `AuthModule.forRoot` takes. Only the keys have no default. */
export interface AuthModuleOptions {
  jwt: JwtOptions;
  sessions?: SessionOptions;
  revocation?: RevocationOptions;
  /**
   * Shares rate limits between instances and makes revocations travel faster. Without it each instance counts for itself;
   * revocations always go through PostgreSQL.
   */
  redis?: RedisOptions;
  /** How often expired rows are deleted, by one instance at a time; at most `24d`, `0s` for never. Default `10m`. */
  cleanupEvery?: Duration;
  /** The table of security events; `false` writes none. */
  audit?: false | AuditOptions;
  alerts?: AlertOptions;
  passwords?: PasswordOptions;
  cookies?: CookieOptions;
  csrf?: CsrfOptions;
  /**
   * `false` turns every limit off; a limit that is not named keeps its default. While a configured Redis is unreachable,
   * each instance counts for itself and allows a quarter.
   */
  rateLimits?: false | Partial<Record<RateLimitName, RateLimit>>;
  /**
   * What happens after failed attempts at one account's password, whichever addresses they come from and whether or not
   * the account exists. Default: on, unless `rateLimits` is `false`.
   */
  accountProtection?: false | AccountProtectionOptions;
  /** Adds claims of your own to every access token. */
  claims?: ClaimsHook;
  /** The time in milliseconds since the epoch, for tests. Default: the database's, whatever this machine's clock says. */
  clock?: () => number;
}
