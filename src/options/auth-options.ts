import type { ClaimsHook } from '../tokens/access-tokens.js';
import type { SigningAlgorithm } from '../keys/signing-key.js';
import type { RevocationCheck } from '../revocation/revocation-check.js';
import type { Duration } from './duration.js';

/** At most `limit` requests in a time of length `per` that begins with the first; more are answered 429 until its end. */
export interface RateLimit {
  limit: number;
  per: Duration;
}

/** What is limited by client address: an IPv4 address, or the /64 network of an IPv6 address. */
export type RateLimitName = 'register' | 'login' | 'refresh' | 'logout' | 'password';

/** What `Clear-Site-Data` can name (W3C Clear Site Data §3.1). */
export type SiteData = 'cache' | 'storage' | 'cookies';

/** The managed key ring. */
export interface KeyRingOptions {
  /** One or more secrets of at least 32 random bytes, newest first: private keys are encrypted under the first. */
  encryptionSecret: string | string[];
  /** How long a key signs before the next one takes over. Default `30d`. */
  rotateEvery?: Duration;
  /** How long a new key is published before it signs, longer than verifiers cache the JWKS. Default `10m`. */
  publishAhead?: Duration;
}

/** Where alerts are sent to, as JSON signed with the secret. */
export interface AlertWebhookOptions {
  /** `https://…`; `http://` only for this machine itself, with `allowPrivateAddresses`. */
  url: string;
  /** At least 32 bytes. `X-Latchkey-Signature: t=<unix time>,v1=<hex HMAC-SHA-256 of "t.body">`. */
  secret: string;
  /** Whether it may be in a private network or on this machine. Default `false`. */
  allowPrivateAddresses?: boolean;
}

/** Everything `AuthModule.forRoot` takes. Only the keys have no default. */
export interface AuthModuleOptions {
  jwt: {
    /** Default: `HS256` when `accessSecret` is given, else `ES256`. */
    algorithm?: SigningAlgorithm;
    /** For HS*: one or more secrets of at least 32 random bytes, newest first. The first signs, all verify. */
    accessSecret?: string | string[];
    /**
     * For RS*, PS*, ES*, EdDSA: one or more private keys as PEM (PKCS#8), newest first. The first signs, all verify.
     * Beside a `keyRing` they only verify.
     */
    accessPrivateKey?: string | string[];
    /** For RS*, PS*, ES*, EdDSA: keys that are kept in PostgreSQL and replaced while the app runs. */
    keyRing?: KeyRingOptions;
    /** One or more secrets of at least 32 random bytes, newest first, none of them used elsewhere. */
    refreshSecret: string | string[];
    /** Default `latchkey`. */
    issuer?: string;
    /** Default `latchkey`. */
    audience?: string;
    /** Life of an access token. Default `15m`. */
    accessTtl?: Duration;
    /** A session that is not refreshed for this long ends. Default `7d`. */
    refreshTtl?: Duration;
    /** Allowed difference between clocks, at most `60s`. Default `5s`. */
    clockTolerance?: Duration;
    /** How many good access tokens are remembered, so that a repeated one costs no cryptography. 0: none. Default 5000. */
    verifiedTokens?: number;
  };
  sessions?: {
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
  };
  revocation?: {
    /** How guards find out whether a token was revoked, unless a route says otherwise. Default `deny-list`. */
    check?: RevocationCheck;
    /** How long, while the database cannot be asked, tokens are judged by what was known last. Default `60s`. */
    maxStaleness?: Duration;
  };
  /**
   * Shares rate limits between instances and makes revocations travel faster. Without it limits are counted by each
   * instance for itself; revocations always go through PostgreSQL.
   */
  redis?: {
    /** `redis://…` or, with TLS, `rediss://…` */
    url: string;
  };
  /** How often ended sessions and the like are deleted, by one instance at a time, at most `24d`; `0s`: never. Default `10m`. */
  cleanupEvery?: Duration;
  /** The table of security events; `false`: none is written. */
  audit?:
    | false
    | {
        /** How long events are kept. Default `90d`. */
        retention?: Duration;
      };
  alerts?: {
    webhook?: AlertWebhookOptions;
  };
  passwords?: {
    /** In Unicode code points, 8 to 64. Default 15. */
    minLength?: number;
    /** 10 to 15; each step doubles the work. Default 12. */
    bcryptCost?: number;
    /** Secrets mixed into every hash and kept apart from the database, newest first. Default: none. */
    peppers?: string[];
    /** How many hashes may wait their turn before `UNAVAILABLE` is answered. Default 32. */
    hashingQueue?: number;
    /** A name no password may contain. Default `latchkey`. */
    serviceName?: string;
  };
  cookies?: {
    /** Also decides the names: `__Host-access` and `__Host-refresh`, or `access` and `refresh`. Default `true`. */
    secure?: boolean;
    /** Default `lax`. */
    sameSite?: 'strict' | 'lax' | 'none';
    /**
     * `JwtAuthGuard` serves a request whose access cookie has expired or is missing if its refresh cookie is good, and
     * sends new cookies along. Default `false`: the browser app calls `POST /auth/refresh`.
     */
    silentRefresh?: boolean;
    /**
     * What a log-out by cookie has the browser forget of this origin, besides the cookies: `Clear-Site-Data`. Default
     * `cache` (answers kept, and pages behind the back button) and `storage` (what the app saved in the browser, and its
     * service workers); none with `[]`. `cookies` would take those of all subdomains of the site along.
     */
    clearSiteData?: SiteData[];
  };
  csrf?: {
    /**
     * Origins, besides the app's own, whose pages may use the cookies: exactly as browsers send them, such as
     * `https://app.example.com`. CORS is the host's to set up. Default: none.
     */
    trustedOrigins?: string[];
  };
  /**
   * `false` turns every limit off; a limit that is not named keeps its default. While a configured Redis is away each
   * instance counts for itself and allows a quarter.
   */
  rateLimits?: false | Partial<Record<RateLimitName, RateLimit>>;
  /**
   * What happens after failed attempts at one account's password, whatever addresses they come from and whether or not
   * the account exists. Default: on, unless `rateLimits` is `false`.
   */
  accountProtection?:
    | false
    | {
        /** So many attempts in a row may fail before each must wait: 1, 2, 4 … seconds. Default 5. */
        freeFailures?: number;
        /** The longest wait between two attempts. Default `15m`. */
        maxDelay?: Duration;
        /** After so many failures in a row the password is off until it is reset or an operator enables it. Default 100. */
        maxFailures?: number;
      };
  /** Adds claims of your own to every access token. */
  claims?: ClaimsHook;
  /** The time in milliseconds since the epoch, for tests. Default: the database's, whatever this machine's clock says. */
  clock?: () => number;
}
