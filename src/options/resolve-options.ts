import type { ClaimsHook, StaticClaims } from '../tokens/access-tokens.js';
import type { ClaimsPolicy } from '../tokens/claims.js';
import type { KeySet } from '../keys/key-set.js';
import type { RevocationCheck } from '../revocation/revocation-check.js';
import type { SessionLimits } from '../sessions/session-types.js';
import type { AccountProtectionSettings } from '../users/account-protection.js';
import type { DelayPolicy } from '../users/login-attempts.js';
import type { AccessKeySettings } from './access-keys.options.js';
import { accountProtection } from './account-protection.options.js';
import { alerts, type AlertWebhookOptions } from './alerts.options.js';
import { audit } from './audit.options.js';
import type { AuthModuleOptions } from './auth-options.js';
import { type CookieOptions, cookies } from './cookies.options.js';
import { csrf } from './csrf.options.js';
import { refuseSharedSecrets } from './distinct-secrets.js';
import { publicUrl, resolveIssuer } from './issuer.options.js';
import { jwt } from './jwt.options.js';
import { OptionChecker } from './option-checker.js';
import { AuthOptionsError } from './options-error.js';
import { passwords } from './passwords.options.js';
import { type RateLimitName, rateLimits, type ResolvedRateLimit } from './rate-limits.options.js';
import { redis } from './redis.options.js';
import { revocation } from './revocation.options.js';
import { duration, flag, group, hook, type Rules } from './rules.js';
import { sessions } from './sessions.options.js';
import { type Parts, refuseUnknownOptions } from './unknown-options.js';

/** The options with all defaults filled in, durations in seconds, and keys parsed. */
export interface ResolvedAuthOptions {
  /** The address that absolute URLs begin with, without a trailing slash. `undefined`: not known. */
  publicUrl: string | undefined;
  access: { keys: AccessKeySettings; policy: ClaimsPolicy; cacheSize: number };
  refresh: { keys: KeySet; policy: ClaimsPolicy };
  sessions: SessionLimits;
  revocation: { check: RevocationCheck; maxStaleness: number };
  redisUrl?: string;
  cleanupEvery: number;
  /** `retention` in seconds. */
  audit: { enabled: boolean; retention: number };
  alertWebhook?: Required<AlertWebhookOptions>;
  passwords: {
    minLength: number;
    serviceName: string;
    bcryptCost: number;
    peppers: string[];
    hashingQueue: number;
    rehash: boolean;
  };
  cookies: Required<CookieOptions>;
  trustedOrigins: string[];
  rateLimits: false | Record<RateLimitName, ResolvedRateLimit>;
  accountProtection: AccountProtectionSettings & DelayPolicy;
  /** Claims that are the same in every access token, including the scope. */
  staticClaims: StaticClaims;
  forwardAuth: boolean;
  claims?: ClaimsHook;
  /** `undefined`: the database's clock. */
  clock?: () => number;
}

export const ResolvedAuthOptions = Symbol('ResolvedAuthOptions');

/** Node timers run for at most 24.8 days; longer ones fire immediately. */
const MAX_CLEANUP_SECONDS = 24 * 86_400;

const RULES = {
  jwt,
  publicUrl,
  sessions,
  revocation,
  redis,
  cleanupEvery: duration('10m', { max: MAX_CLEANUP_SECONDS }),
  audit,
  alerts,
  passwords,
  cookies,
  csrf,
  rateLimits,
  accountProtection,
  forwardAuth: flag(false),
  claims: hook<ClaimsHook>,
  clock: hook<() => number>,
} satisfies Rules<AuthModuleOptions>;

const authOptions = group(RULES);

/** The names of the top-level options, to distinguish them from the parts of the module. */
export const OPTION_NAMES = Object.keys(RULES);

/**
 * @param parts the names of the module's parts, and whether they are allowed among the options
 * @throws AuthOptionsError listing all problems
 */
export function resolveOptions(
  given: AuthModuleOptions | undefined,
  parts: Parts = { names: [], allowed: false },
): ResolvedAuthOptions {
  const check = new OptionChecker();
  const options: Partial<AuthModuleOptions> = given ?? {};
  if (!check.isGroup('options', options, OPTION_NAMES)) throw new AuthOptionsError(check.problems);
  const resolved = authOptions(check, '', options);
  refuseSharedSecrets(options, check);
  refuseUnknownOptions(options, RULES, parts, check);
  const { accessKeys, refreshKeys, refreshTtl, verifiedTokens } = resolved.jwt;
  if (check.problems.length > 0 || !refreshKeys) throw new AuthOptionsError(check.problems);

  const { issuer, publicUrl: address } = resolveIssuer({ ...resolved.jwt, publicUrl: resolved.publicUrl });
  const policy: ClaimsPolicy = { ...resolved.jwt.policy, issuer };
  const { enabled: limited, ...limits } = resolved.rateLimits;
  const isProtected = options.accountProtection === undefined ? limited : resolved.accountProtection.enabled;
  return {
    publicUrl: address,
    access: { keys: accessKeys, policy, cacheSize: verifiedTokens },
    refresh: { keys: refreshKeys, policy },
    sessions: { idleTtl: refreshTtl, ...resolved.sessions },
    revocation: resolved.revocation,
    redisUrl: resolved.redis?.url,
    cleanupEvery: resolved.cleanupEvery,
    audit: resolved.audit,
    alertWebhook: resolved.alerts.webhook,
    passwords: resolved.passwords,
    cookies: resolved.cookies,
    trustedOrigins: resolved.csrf.trustedOrigins,
    rateLimits: limited && limits,
    accountProtection: { ...resolved.accountProtection, enabled: isProtected },
    staticClaims: resolved.jwt.staticClaims,
    forwardAuth: resolved.forwardAuth,
    claims: resolved.claims,
    clock: resolved.clock,
  };
}
