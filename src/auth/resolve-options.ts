import type { ClaimsHook } from '../tokens/access-tokens.js';
import type { ClaimsPolicy } from '../tokens/claims.js';
import { KeySet } from '../tokens/key-set.js';
import type { SessionLimits } from '../tokens/refresh-token.store.js';
import {
  isSymmetric,
  keyFromPem,
  keyFromSecret,
  SIGNING_ALGORITHMS,
  type SigningKey,
} from '../tokens/signing-key.js';
import type { AuthModuleOptions, RateLimit, RateLimitName } from './auth-options.js';
import { parseDuration, type Duration } from './duration.js';
import { AuthOptionsError, type OptionProblem } from './options-error.js';

/** The options with every default filled in, durations in seconds and keys parsed. */
export interface ResolvedAuthOptions {
  access: { keys: KeySet; policy: ClaimsPolicy; cacheSize: number };
  refresh: { keys: KeySet; policy: ClaimsPolicy };
  sessions: SessionLimits;
  passwords: {
    minLength: number;
    serviceName: string;
    bcryptCost: number;
    peppers: string[];
    hashingQueue: number;
  };
  cookies: { secure: boolean; sameSite: 'strict' | 'lax' | 'none' };
  rateLimits: false | Record<RateLimitName, { limit: number; seconds: number }>;
  claims?: ClaimsHook;
  clock: () => number;
}

export const ResolvedAuthOptions = Symbol('ResolvedAuthOptions');

const DEFAULT_RATE_LIMITS: Record<RateLimitName, RateLimit> = {
  register: { limit: 50, per: '10m' },
  login: { limit: 50, per: '10m' },
  account: { limit: 10, per: '10m' },
  refresh: { limit: 300, per: '1m' },
  logout: { limit: 300, per: '1m' },
  password: { limit: 50, per: '10m' },
};

/** @throws AuthOptionsError naming every problem. */
export function resolveOptions(options: AuthModuleOptions): ResolvedAuthOptions {
  const check = new OptionChecker();
  const { sessions = {}, passwords = {}, cookies = {}, rateLimits = {} } = options;
  const jwt = options.jwt ?? {};

  const access = accessKeys(jwt, check);
  const refresh = check.keys('jwt.refreshSecret', jwt.refreshSecret, (secret) =>
    keyFromSecret(secret, 'HS256'),
  );
  rejectSharedSecrets(jwt, check);
  const accessTtl = check.duration('jwt.accessTtl', jwt.accessTtl ?? '15m', { min: 1 });
  const policy = {
    issuer: check.text('jwt.issuer', jwt.issuer ?? 'latchkey'),
    audience: check.text('jwt.audience', jwt.audience ?? 'latchkey'),
    clockTolerance: check.duration('jwt.clockTolerance', jwt.clockTolerance ?? '5s', { max: 60 }),
    maxLifetime: accessTtl,
  };
  const cacheSize = check.integer('jwt.verifiedTokens', jwt.verifiedTokens ?? 5000, 0, 1_000_000);
  const secure = cookies.secure ?? true;
  const sameSite = check.oneOf('cookies.sameSite', cookies.sameSite ?? 'lax', [
    'strict',
    'lax',
    'none',
  ] as const);
  if (sameSite === 'none' && !secure)
    check.fail('cookies.sameSite', 'can be "none" only when cookies.secure is true');

  const resolved: Omit<ResolvedAuthOptions, 'access' | 'refresh'> = {
    sessions: {
      idleTtl: check.duration('jwt.refreshTtl', jwt.refreshTtl ?? '7d', { min: 1 }),
      absoluteTtl: check.duration('sessions.absoluteTtl', sessions.absoluteTtl ?? '30d', { min: 1 }),
      rotation: sessions.rotation ?? true,
      leeway: check.duration('sessions.leeway', sessions.leeway ?? '10s', { max: 60 }),
    },
    passwords: {
      minLength: check.integer('passwords.minLength', passwords.minLength ?? 15, 8, 64),
      bcryptCost: check.integer('passwords.bcryptCost', passwords.bcryptCost ?? 12, 10, 15),
      hashingQueue: check.integer('passwords.hashingQueue', passwords.hashingQueue ?? 32, 0, 10_000),
      serviceName: passwords.serviceName ?? 'latchkey',
      peppers: passwords.peppers ?? [],
    },
    cookies: { secure, sameSite },
    rateLimits: rateLimits && resolveRateLimits(rateLimits, check),
    claims: options.claims,
    clock: options.clock ?? Date.now,
  };
  if (check.problems.length > 0 || !access || !refresh) throw new AuthOptionsError(check.problems);
  return { ...resolved, access: { keys: access, policy, cacheSize }, refresh: { keys: refresh, policy } };
}

/**
 * The check `AuthModule` makes at start-up, for those who want to make it earlier.
 * @throws AuthOptionsError naming every problem
 */
export function checkAuthOptions(options: AuthModuleOptions): void {
  resolveOptions(options);
}

function accessKeys(jwt: Partial<AuthModuleOptions['jwt']>, check: OptionChecker): KeySet | undefined {
  const given = jwt.algorithm ?? (jwt.accessSecret ? 'HS256' : 'ES256');
  const algorithm = check.oneOf('jwt.algorithm', given, SIGNING_ALGORITHMS);
  if (!SIGNING_ALGORITHMS.includes(algorithm)) return undefined;
  return isSymmetric(algorithm)
    ? check.keys('jwt.accessSecret', jwt.accessSecret, (secret) => keyFromSecret(secret, algorithm))
    : check.keys('jwt.accessPrivateKey', jwt.accessPrivateKey, (pem) => keyFromPem(pem, algorithm));
}

function rejectSharedSecrets(jwt: Partial<AuthModuleOptions['jwt']>, check: OptionChecker): void {
  const access = new Set(toList(jwt.accessSecret));
  if (toList(jwt.refreshSecret).some((secret) => access.has(secret))) {
    check.fail('jwt.refreshSecret', 'is also an access secret: each needs random bytes of its own');
  }
}

function resolveRateLimits(limits: Partial<Record<RateLimitName, RateLimit>>, check: OptionChecker) {
  const entries = Object.entries({ ...DEFAULT_RATE_LIMITS, ...limits }).map(([name, { limit, per }]) => [
    name,
    {
      limit: check.integer(`rateLimits.${name}.limit`, limit, 1, 1_000_000),
      seconds: check.duration(`rateLimits.${name}.per`, per, { min: 1 }),
    },
  ]);
  return Object.fromEntries(entries) as Record<RateLimitName, { limit: number; seconds: number }>;
}

function toList(value: string | string[] | undefined): string[] {
  return typeof value === 'string' ? [value] : (value ?? []);
}

/** Collects what is wrong instead of stopping at the first; each method returns a value to go on with. */
class OptionChecker {
  readonly problems: OptionProblem[] = [];

  fail(option: string, message: string): void {
    this.problems.push({ option, message });
  }

  text(option: string, value: string): string {
    if (typeof value !== 'string' || value.trim() === '')
      this.fail(option, 'must be a text that is not empty');
    return value;
  }

  integer(option: string, value: number, min: number, max: number): number {
    const fits = Number.isInteger(value) && value >= min && value <= max;
    if (!fits) this.fail(option, `must be a whole number from ${min} to ${max}`);
    return value;
  }

  oneOf<T extends string>(option: string, value: T, allowed: readonly T[]): T {
    if (!allowed.includes(value)) this.fail(option, `must be one of ${allowed.join(', ')}`);
    return value;
  }

  duration(option: string, value: Duration, { min = 0, max = Infinity }): number {
    const seconds = typeof value === 'string' ? parseDuration(value) : null;
    if (seconds === null) {
      this.fail(option, 'must be a whole number with a unit, such as 10s, 15m, 12h or 7d');
    } else if (seconds < min || seconds > max) {
      this.fail(option, max === Infinity ? `must be at least ${min}s` : `must be from ${min}s to ${max}s`);
    }
    return seconds ?? 0;
  }

  keys(
    option: string,
    given: string | string[] | undefined,
    parse: (text: string) => SigningKey,
  ): KeySet | undefined {
    try {
      if (toList(given).length === 0) throw new Error('is missing');
      return new KeySet(toList(given).map(parse));
    } catch (error) {
      this.fail(option, (error as Error).message);
      return undefined;
    }
  }
}
