import type { ClaimsHook } from '../tokens/access-tokens.js';
import type { ClaimsPolicy } from '../tokens/claims.js';
import type { KeySet } from '../keys/key-set.js';
import type { RevocationCheck } from '../revocation/revocation-check.js';
import type { SessionLimits } from '../sessions/session-types.js';
import type { AccountProtectionSettings } from '../users/account-protection.js';
import type { DelayPolicy } from '../users/login-attempts.js';
import type { AuthModuleOptions, RateLimit, RateLimitName } from './auth-options.js';
import { refuseSharedSecrets } from './distinct-secrets.js';
import { OptionChecker } from './option-checker.js';
import { resolveWebhook, type WebhookSettings } from './resolve-webhook.js';
import { AuthOptionsError } from './options-error.js';
import { type ResolvedCookieOptions, resolveCookies } from './resolve-cookies.js';
import { type AccessKeySettings, resolveAccessKeys, resolveRefreshKeys } from './resolve-keys.js';

/** The options with every default filled in, durations in seconds and keys parsed. */
export interface ResolvedAuthOptions {
  access: { keys: AccessKeySettings; policy: ClaimsPolicy; cacheSize: number };
  refresh: { keys: KeySet; policy: ClaimsPolicy };
  sessions: SessionLimits;
  revocation: { check: RevocationCheck; maxStaleness: number };
  redisUrl?: string;
  cleanupEvery: number;
  /** `retention` in seconds. */
  audit: { enabled: boolean; retention: number };
  alertWebhook?: WebhookSettings;
  passwords: {
    minLength: number;
    serviceName: string;
    bcryptCost: number;
    peppers: string[];
    hashingQueue: number;
  };
  cookies: ResolvedCookieOptions;
  trustedOrigins: string[];
  rateLimits: false | Record<RateLimitName, { limit: number; seconds: number }>;
  accountProtection: AccountProtectionSettings & DelayPolicy;
  claims?: ClaimsHook;
  /** `undefined`: the database's. */
  clock?: () => number;
}

export const ResolvedAuthOptions = Symbol('ResolvedAuthOptions');

const REVOCATION_CHECKS = ['deny-list', 'stateless', 'strict'] as const;

/** Timers of Node last 24.8 days at the most: a longer one goes off at once. */
const MAX_CLEANUP_SECONDS = 24 * 86_400;

const DEFAULT_RATE_LIMITS: Record<RateLimitName, RateLimit> = {
  register: { limit: 50, per: '10m' },
  login: { limit: 50, per: '10m' },
  refresh: { limit: 300, per: '1m' },
  logout: { limit: 300, per: '1m' },
  password: { limit: 50, per: '10m' },
};

/** @throws AuthOptionsError naming every problem. */
export function resolveOptions(given: AuthModuleOptions | undefined): ResolvedAuthOptions {
  const check = new OptionChecker();
  const options: Partial<AuthModuleOptions> = given ?? {};
  const { sessions = {}, passwords = {}, rateLimits = {} } = options;
  const jwt: Partial<AuthModuleOptions['jwt']> = options.jwt ?? {};

  const access = resolveAccessKeys(jwt, check);
  const refresh = resolveRefreshKeys(jwt, check);
  const accessTtl = check.duration('jwt.accessTtl', jwt.accessTtl ?? '15m', { min: 1 });
  const policy = {
    issuer: check.issuer('jwt.issuer', jwt.issuer ?? 'latchkey'),
    audience: check.text('jwt.audience', jwt.audience ?? 'latchkey'),
    clockTolerance: check.duration('jwt.clockTolerance', jwt.clockTolerance ?? '5s', { max: 60 }),
    maxLifetime: accessTtl,
  };
  const cacheSize = check.integer('jwt.verifiedTokens', jwt.verifiedTokens ?? 5000, 0, 1_000_000);

  const resolved: Omit<ResolvedAuthOptions, 'access' | 'refresh'> = {
    sessions: {
      idleTtl: check.duration('jwt.refreshTtl', jwt.refreshTtl ?? '7d', { min: 1 }),
      absoluteTtl: check.duration('sessions.absoluteTtl', sessions.absoluteTtl ?? '30d', { min: 1 }),
      rotation: check.flag('sessions.rotation', sessions.rotation ?? true),
      leeway: check.duration('sessions.leeway', sessions.leeway ?? '10s', { max: 60 }),
      maxPerUser: check.integer('sessions.maxPerUser', sessions.maxPerUser ?? 100, 0, 1_000_000),
      whenFull: check.oneOf('sessions.whenFull', sessions.whenFull ?? 'evict', ['evict', 'refuse'] as const),
    },
    revocation: {
      check: check.oneOf('revocation.check', options.revocation?.check ?? 'deny-list', REVOCATION_CHECKS),
      maxStaleness: check.duration('revocation.maxStaleness', options.revocation?.maxStaleness ?? '60s', {}),
    },
    redisUrl: options.redis && check.url('redis.url', options.redis.url, ['redis:', 'rediss:']),
    cleanupEvery: check.duration('cleanupEvery', options.cleanupEvery ?? '10m', { max: MAX_CLEANUP_SECONDS }),
    audit: {
      enabled: options.audit !== false,
      retention: check.duration('audit.retention', (options.audit || {}).retention ?? '90d', { min: 1 }),
    },
    alertWebhook: options.alerts?.webhook && resolveWebhook(options.alerts.webhook, check),
    passwords: {
      minLength: check.integer('passwords.minLength', passwords.minLength ?? 15, 8, 64),
      bcryptCost: check.integer('passwords.bcryptCost', passwords.bcryptCost ?? 12, 10, 15),
      hashingQueue: check.integer('passwords.hashingQueue', passwords.hashingQueue ?? 32, 0, 10_000),
      serviceName: passwords.serviceName ?? 'latchkey',
      peppers: check.secrets('passwords.peppers', passwords.peppers),
    },
    cookies: resolveCookies(options.cookies ?? {}, check),
    trustedOrigins: check.origins('csrf.trustedOrigins', options.csrf?.trustedOrigins ?? []),
    rateLimits: rateLimits && resolveRateLimits(rateLimits, check),
    accountProtection: resolveAccountProtection(options, check),
    claims: options.claims,
    clock: options.clock,
  };
  refuseSharedSecrets(options, check);
  if (check.problems.length > 0 || !refresh) throw new AuthOptionsError(check.problems);
  return { ...resolved, access: { keys: access, policy, cacheSize }, refresh: { keys: refresh, policy } };
}

/**
 * The check `AuthModule` makes at start-up, for those who want to make it earlier.
 * @throws AuthOptionsError naming every problem
 */
export function checkAuthOptions(options: AuthModuleOptions): void {
  resolveOptions(options);
}

function resolveRateLimits(limits: Partial<Record<RateLimitName, RateLimit>>, check: OptionChecker) {
  const names = Object.keys(DEFAULT_RATE_LIMITS) as RateLimitName[];
  for (const name of Object.keys(limits)) check.oneOf('rateLimits', name as RateLimitName, names);
  const entries = names.map((name) => {
    const { limit, per } = limits[name] ?? DEFAULT_RATE_LIMITS[name];
    return [
      name,
      {
        limit: check.integer(`rateLimits.${name}.limit`, limit, 1, 1_000_000),
        seconds: check.duration(`rateLimits.${name}.per`, per, { min: 1 }),
      },
    ];
  });
  return Object.fromEntries(entries) as Record<RateLimitName, { limit: number; seconds: number }>;
}

function resolveAccountProtection(
  { rateLimits, accountProtection = rateLimits !== false && {} }: Partial<AuthModuleOptions>,
  check: OptionChecker,
): ResolvedAuthOptions['accountProtection'] {
  const { freeFailures = 5, maxDelay = '15m', maxFailures = 100 } = accountProtection || {};
  return {
    enabled: accountProtection !== false,
    freeFailures: check.integer('accountProtection.freeFailures', freeFailures, 1, 100),
    maxDelay: check.duration('accountProtection.maxDelay', maxDelay, { min: 1 }),
    maxFailures: check.integer('accountProtection.maxFailures', maxFailures, 1, 100),
  };
}
