import type { AuditReceiverSettings } from '../audit-export/webhook-receiver.js';
import type { ClaimsHook, StaticClaims } from '../tokens/access-tokens.js';
import type { ClaimsPolicy } from '../tokens/claims.js';
import type { KeySet } from '../keys/key-set.js';
import type { Pooling } from '../database/pooling.js';
import type { RevocationCheck } from '../revocation/revocation-check.js';
import type { SessionLimits } from '../sessions/session-types.js';
import type { AccountProtectionSettings } from '../users/account-protection.js';
import type { DelayPolicy } from '../users/login-attempts.js';
import type { RegisterDto } from '../users/register.dto.js';
import type { CreationHook, UserRecord } from '../users/user-store.js';
import type { AccessKeySettings } from './access-keys.options.js';
import { accountProtection } from './account-protection.options.js';
import { accounts, accountSwitches, type EmailVerification } from './accounts.options.js';
import { alerts, type AlertWebhookOptions } from './alerts.options.js';
import { audit } from './audit.options.js';
import type { AuthModuleOptions } from './auth-options.js';
import { type CookieOptions, cookies } from './cookies.options.js';
import { csrf } from './csrf.options.js';
import { database, type OwnDatabase, refuseSessionParameter } from './database.options.js';
import { refuseSharedSecrets } from './distinct-secrets.js';
import { publicUrl, resolveIssuer } from './issuer.options.js';
import { jwt } from './jwt.options.js';
import type { LinkOverrides } from '../mail/links.js';
import { mail, refuseMailWithoutAddress, type ResolvedMail } from './mail.options.js';
import { mfa, type MfaSettings, refusePolicyWithoutMail, withIssuer } from './mfa.options.js';
import { OptionChecker, toList } from './option-checker.js';
import { AuthOptionsError } from './options-error.js';
import { passkeys, type ResolvedPasskeys } from './passkeys.options.js';
import { passwords } from './passwords.options.js';
import { pooler } from './pooler.options.js';
import { type RateLimitName, rateLimits, type ResolvedRateLimit } from './rate-limits.options.js';
import { redis } from './redis.options.js';
import type { RedisAddress } from '../redis/redis-connection.js';
import { registration } from './registration.options.js';
import { revocation } from './revocation.options.js';
import { duration, flag, group, hook, type Rules } from './rules.js';
import { sessions } from './sessions.options.js';
import { type Parts, refuseUnknownOptions } from './unknown-options.js';

/** The options with all defaults filled in, durations in seconds, and keys parsed. */
export interface ResolvedAuthOptions {
  /** The address that absolute URLs begin with, without a trailing slash. `undefined`: not known. */
  publicUrl: string | undefined;
  /** `undefined`: the data source of the app. */
  database?: OwnDatabase;
  access: { keys: AccessKeySettings; policy: ClaimsPolicy; cacheBytes: number };
  refresh: { keys: KeySet; policy: ClaimsPolicy };
  sessions: SessionLimits;
  /** Databases of sessions besides the main one, by the number after their place in the list. */
  shards: { urls: (() => string)[]; migrate: boolean };
  revocation: { check: RevocationCheck; maxStaleness: number };
  redis?: RedisAddress;
  /** `undefined`: there is no pooler. */
  pooler?: Pooling;
  cleanupEvery: number;
  /** `retention` and `giveUpAfter` in seconds. */
  audit: { enabled: boolean; retention: number; receivers: AuditReceiverSettings[]; giveUpAfter: number };
  /** Pages of the host's own. */
  links: LinkOverrides;
  /** `undefined`: there are no mails. */
  mail?: ResolvedMail;
  /** `enabled`: whether people manage their accounts by mail. */
  accounts: { enabled: boolean; verification: EmailVerification };
  /** `undefined`: there are no second factors. */
  mfa?: MfaSettings;
  /** What the payloads of actions are encrypted with, newest first. */
  actionSecrets: string[];
  /** `undefined`: there are no passkeys. */
  passkeys?: ResolvedPasskeys & { rpName: string };
  alertWebhook?: Required<AlertWebhookOptions> & { secret: string[] };
  passwords: {
    minLength: number;
    serviceName: string;
    bcryptCost: number;
    peppers: string[];
    hashingQueue: number;
    rehash: boolean;
  };
  /** `enabled`: whether `POST /auth/register` exists. */
  registration: { enabled: boolean; dto: new () => RegisterDto; onRegister?: CreationHook };
  userView?: UserViewHook;
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

/** See `AuthModuleOptions.userView`. */
export type UserViewHook = (user: UserRecord) => object | Promise<object>;

export const ResolvedAuthOptions = Symbol('ResolvedAuthOptions');

/** Node timers run for at most 24.8 days; longer ones fire immediately. */
const MAX_CLEANUP_SECONDS = 24 * 86_400;

const RULES = {
  jwt,
  publicUrl,
  database,
  sessions,
  revocation,
  redis,
  pooler,
  cleanupEvery: duration('10m', { max: MAX_CLEANUP_SECONDS }),
  audit,
  alerts,
  accounts,
  mail,
  passkeys,
  mfa,
  passwords,
  registration,
  userView: hook<UserViewHook>,
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
  refuseSessionParameter(resolved, check);
  refuseUnknownOptions(options, RULES, parts, check);
  const { issuer, publicUrl: address } = resolveIssuer({ ...resolved.jwt, publicUrl: resolved.publicUrl });
  refuseMailWithoutAddress({ mail: resolved.mail, publicUrl: address }, check);
  refusePolicyWithoutMail(resolved.mfa, accountSwitches(options).enabled, check);
  const { accessKeys, refreshKeys, refreshTtl, cacheBytes } = resolved.jwt;
  if (check.problems.length > 0 || !refreshKeys) throw new AuthOptionsError(check.problems);

  const policy: ClaimsPolicy = { ...resolved.jwt.policy, issuer };
  const { enabled: limited, ...limits } = resolved.rateLimits;
  const { shards: urls, migrateShards: migrate, ...sessionLimits } = resolved.sessions;
  const isProtected = options.accountProtection === undefined ? limited : resolved.accountProtection.enabled;
  const accountsOn = accountSwitches(options);
  return {
    publicUrl: address,
    database: resolved.database,
    access: { keys: accessKeys, policy, cacheBytes },
    refresh: { keys: refreshKeys, policy },
    sessions: { idleTtl: refreshTtl, ...sessionLimits },
    shards: { urls, migrate },
    revocation: resolved.revocation,
    redis: resolved.redis,
    pooler: resolved.pooler,
    cleanupEvery: resolved.cleanupEvery,
    audit: resolved.audit,
    links: resolved.accounts.links,
    mail: resolved.mail,
    accounts: accountsOn,
    mfa: resolved.mfa && withIssuer(resolved.mfa, resolved.passwords.serviceName),
    actionSecrets: toList(options.jwt?.refreshSecret),
    alertWebhook: resolved.alerts.webhook,
    passkeys: resolved.passkeys && {
      ...resolved.passkeys,
      rpName: resolved.passkeys.rpName ?? resolved.mail?.brand.name ?? resolved.passkeys.rpId,
    },
    passwords: resolved.passwords,
    registration: resolved.registration,
    userView: resolved.userView,
    cookies: resolved.cookies,
    trustedOrigins: resolved.csrf.trustedOrigins,
    rateLimits: limited && limits,
    accountProtection: {
      ...resolved.accountProtection,
      enabled: isProtected,
      mailConfigured: accountsOn.enabled,
    },
    staticClaims: resolved.jwt.staticClaims,
    forwardAuth: resolved.forwardAuth,
    claims: resolved.claims,
    clock: resolved.clock,
  };
}
