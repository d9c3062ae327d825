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

/** The options of `AuthModule.forRoot`. Everything except the keys and secrets in `jwt` has a default. */
export interface AuthModuleOptions {
  jwt: JwtOptions;
  /**
   * The address of the service as clients see it, such as `https://auth.example.com`: the default of `jwt.issuer`, and
   * the beginning of every absolute URL. It must start with `https://`, or with `http://` on this machine. It may have
   * a path, but no query or fragment; a trailing slash is removed. Default: `jwt.issuer` if that is a URL, otherwise
   * none.
   */
  publicUrl?: string;
  sessions?: SessionOptions;
  revocation?: RevocationOptions;
  /**
   * Shares rate limits between instances and makes revocations travel faster. Without Redis, each instance counts on
   * its own. Revocations always go through PostgreSQL. Default: no Redis.
   */
  redis?: RedisOptions;
  /**
   * How often ended sessions and other expired rows are deleted, by one instance at a time. At most `24d`; `0s`
   * disables the cleanup. Default `10m`.
   */
  cleanupEvery?: Duration;
  /** The table of security events. `false`: no events are stored. Default: enabled. */
  audit?: false | AuditOptions;
  alerts?: AlertOptions;
  passwords?: PasswordOptions;
  cookies?: CookieOptions;
  csrf?: CsrfOptions;
  /**
   * `false` disables all rate limits; a limit that is not given keeps its default. While a configured Redis is
   * unavailable, each instance counts on its own and allows a quarter of each limit.
   */
  rateLimits?: false | Partial<Record<RateLimitName, RateLimit>>;
  /**
   * Slows down and finally stops password guessing against one account, regardless of where the attempts come from and
   * whether the account exists. `false` disables it. Default: enabled, unless `rateLimits` is `false`.
   */
  accountProtection?: false | AccountProtectionOptions;
  /**
   * Whether `GET /auth/forward` tells proxies such as nginx and Traefik who makes a request. Default `false`: the route
   * does not exist.
   */
  forwardAuth?: boolean;
  /** Adds your own claims to every access token. Default: none. */
  claims?: ClaimsHook;
  /**
   * Returns the current time in milliseconds since the epoch; meant for tests. Default: the database's clock,
   * independent of this machine's.
   */
  clock?: () => number;
}
