import type { ClaimsHook } from '../tokens/access-tokens.js';
import type { UserRecord } from '../users/user-store.js';
import type { AccountProtectionOptions } from './account-protection.options.js';
import type { AccountsOptions } from './accounts.options.js';
import type { AlertOptions } from './alerts.options.js';
import type { AuditOptions } from './audit.options.js';
import type { CookieOptions } from './cookies.options.js';
import type { CsrfOptions } from './csrf.options.js';
import type { DatabaseOptions } from './database.options.js';
import type { Duration } from './duration.js';
import type { JwtOptions } from './jwt.options.js';
import type { MailOptions } from './mail.options.js';
import type { PasskeysOptions } from './passkeys.options.js';
import type { MfaOptions } from './mfa.options.js';
import type { PasswordOptions } from './passwords.options.js';
import type { PoolerMode } from '../database/pooling.js';
import type { PoolerOptions } from './pooler.options.js';
import type { RateLimit, RateLimitName } from './rate-limits.options.js';
import type { RedisOptions } from './redis.options.js';
import type { RegistrationOptions } from './registration.options.js';
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
  /**
   * For an app without TypeORM: the module opens its own connections to this PostgreSQL, creates its tables there in a
   * schema of their own, and closes the connections with the app. Default: the TypeORM data source of the app.
   */
  database?: DatabaseOptions;
  sessions?: SessionOptions;
  revocation?: RevocationOptions;
  /**
   * Shares rate limits between instances and makes revocations travel faster. Without Redis, each instance counts on
   * its own. Revocations always go through PostgreSQL. Default: no Redis.
   */
  redis?: RedisOptions;
  /**
   * What is between the app and PostgreSQL, if it is a connection pooler such as PgBouncer: its mode, or the mode with
   * more options. In transaction mode, Latchkey keeps nothing in a connection: no named prepared statements, no
   * subscription to notifications. What the data source itself sets for a connection is up to you. Default: no pooler.
   */
  pooler?: PoolerMode | PoolerOptions;
  /**
   * How often ended sessions and other expired rows are deleted, by one instance at a time. At most `24d`; `0s`
   * disables the cleanup. Default `10m`.
   */
  cleanupEvery?: Duration;
  /** The table of security events. `false`: no events are stored. Default: enabled. */
  audit?: false | AuditOptions;
  alerts?: AlertOptions;
  /**
   * What people do with their accounts by mail: a way back when they forget the password, another address, closing the
   * account. Default: none of it, and its routes do not exist.
   */
  accounts?: AccountsOptions;
  /** Mails to the owners of accounts. Needs `publicUrl`. Default: no mails, and nothing that depends on them. */
  mail?: MailOptions;
  /** Default: no passkeys, and their routes do not exist. */
  passkeys?: PasskeysOptions;
  /**
   * Second factors: authenticator apps, recovery codes, trusted devices. Default: none of it, and its routes do not exist.
   */
  mfa?: MfaOptions;
  passwords?: PasswordOptions;
  /**
   * Fields of your own in registrations. `false`: nobody can register, and `POST /auth/register` does not exist; accounts
   * are created with `AccountAdmin.create` or `latchkey user create`. Default: open, without such fields.
   */
  registration?: false | RegistrationOptions;
  /**
   * Adds members to the user as `/auth/me`, logins and registrations show them, such as columns of your own. It may replace
   * any member except `id`, by a value of the same type. The result must be an object that JSON can hold, without the
   * password hash; otherwise the request fails with 500, and the session that a login or a registration has started ends.
   * The account of such a registration remains. Default: nothing is added.
   */
  userView?(user: UserRecord): object | Promise<object>;
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
