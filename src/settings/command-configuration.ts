import { randomBytes } from 'node:crypto';
import type { AuthModuleOptions } from '../index.js';
import { assertNoProblems, type DatabaseConfiguration, readUsedVariables } from './configuration.js';
import { fillInBrand } from './fill-in-brand.js';
import { optionProblems, optionWarnings } from './option-problems.js';
import { textOf } from './read-variables.js';

/** What a command needs that works on accounts, sessions and clients, and neither issues nor verifies a token. */
export interface CommandConfiguration extends DatabaseConfiguration {
  auth: AuthModuleOptions;
}

/** The variables that matter to such a command. Problems with others are left to the service. */
const USED = new RegExp(
  '^(DATABASE_|DATA_DIR|PASSWORD_|BCRYPT_COST|RATE_LIMIT|SESSIONS?_|REVOCATION_|REDIS_|AUDIT|ALERT_WEBHOOK_|' +
    'JWT_ACCESS_TTL|CLOCK_TOLERANCE|EMAIL_VERIFICATION|MFA_ENCRYPTION_SECRET|MFA_RESET_DELAY|MFA_RECOVERY_BRAKE|WEBAUTHN_)',
);

/** For an app whose options are not known here: nothing is deleted, and no revocation forgotten, earlier than it would. */
const CAUTIOUS = { accessTtl: '30d', retention: '36500d' } as const;

/**
 * Reads what a command needs that uses the database alone. It also serves an app that passes its keys and secrets as
 * options: the keys of this process are made up.
 * @throws ConfigurationError
 */
export function readCommandConfiguration(given?: NodeJS.ProcessEnv): CommandConfiguration {
  const { env, development, auth: read, settings, problems } = readUsedVariables(given, USED);
  const auth = withoutKeys(read);
  // The service sends the mails; a command only has to know that people manage their accounts by them.
  if (development || read.mail || read.accounts) auth.accounts = {};
  fillInBrand(auth, settings);
  const isService = development || textOf(env, 'JWT_REFRESH_SECRET') !== undefined;
  if (!isService && !textOf(env, 'JWT_ACCESS_TTL')) auth.jwt.accessTtl = CAUTIOUS.accessTtl;
  if (!isService && !textOf(env, 'AUDIT_RETENTION') && auth.audit)
    auth.audit = { ...auth.audit, retention: CAUTIOUS.retention };
  const found = optionProblems(auth);
  if (!development && found.length === 0)
    found.push(...optionWarnings(auth).filter(({ weakSecret }) => weakSecret));
  const reported = new Set(problems.map(({ variable }) => variable));
  assertNoProblems([...problems, ...found.filter(({ variable }) => !reported.has(variable))]);
  return { ...settings, auth };
}

/** Keeps the options that matter to accounts, sessions and what is recorded about them. */
function withoutKeys(read: AuthModuleOptions): AuthModuleOptions {
  const { pooler, passwords, rateLimits, sessions, revocation, redis, audit, alerts, passkeys } = read;
  // Whom the policy requires to have a factor matters at logins only.
  const mfa = read.mfa && { ...read.mfa, policy: undefined };
  const { accessTtl, clockTolerance } = read.jwt;
  const secret = () => randomBytes(48).toString('base64url');
  const keys = { algorithm: 'HS256', accessSecret: secret(), refreshSecret: secret() } as const;
  const used = { pooler, passwords, rateLimits, sessions, revocation, redis, audit, alerts, mfa, passkeys };
  return { ...used, jwt: { ...keys, issuer: 'latchkey-cli', accessTtl, clockTolerance } };
}
