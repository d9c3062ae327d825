import { type AuthModuleOptions, type PoolerMode, SIGNING_ALGORITHMS, weaknessOf } from '../index.js';
import { parameterOfSession } from '../database/database-url.js';
import { fillInMail } from './development-mailbox.js';
import { fillInBrand } from './fill-in-brand.js';
import { developmentSecrets } from './development-secrets.js';
import { missingMail } from './mail-needed.js';
import { optionProblems, optionWarnings } from './option-problems.js';
import { receiverSecrets } from './audit-receivers.js';
import { flag, texts } from './parsers.js';
import { fillInPublicUrl, missingPublicUrl } from './public-url.js';
import { type Problem, readVariables, textOf } from './read-variables.js';
import type { ServiceSettings } from './service-settings.js';
import { unknownVariables } from './unknown-variables.js';
import { withFiles } from './variables-from-files.js';

export interface Configuration extends ServiceSettings {
  mode: 'production' | 'development' | 'test';
  auth: AuthModuleOptions;
  corsOrigins: string[];
  /** A warning for each variable that looks like one of the service's but is unknown. */
  unknownVariables: string[];
}

/** `undefined`: the service connects to PostgreSQL directly. */
export function poolerModeOf({ auth }: Pick<DatabaseConfiguration, 'auth'>): PoolerMode | undefined {
  return typeof auth.pooler === 'object' ? auth.pooler.mode : auth.pooler;
}

/** Thrown at startup. Lists all invalid environment variables, never their values. */
export class ConfigurationError extends Error {
  /** @param unknown variables that do nothing: one of them may be a misspelled required variable */
  constructor(
    readonly problems: string[],
    readonly unknown: string[] = [],
  ) {
    super(
      [
        'Latchkey cannot start with this configuration:',
        ...[...problems, ...unknown].map((line) => `  - ${line}`),
      ].join('\n'),
    );
    this.name = 'ConfigurationError';
  }
}

const MIN_TOKEN_LENGTH = 16;

/** These are known to other systems, so they must not equal each other or a secret. */
const TOKENS = ['METRICS_TOKEN', 'AUDIT_EXPORT_TOKEN'];

const SECRETS = [
  'JWT_ACCESS_SECRET',
  'JWT_REFRESH_SECRET',
  'KEY_ENCRYPTION_SECRET',
  'PASSWORD_PEPPER',
  'MFA_ENCRYPTION_SECRET',
  'ALERT_WEBHOOK_SECRET',
];

/**
 * Reads the service's configuration from the environment, and from the files that its `<NAME>_FILE` variables name.
 * @throws ConfigurationError
 */
export function readConfiguration(given: NodeJS.ProcessEnv = process.env): Configuration {
  const { env, problems: unreadable } = withFiles(given);
  const mode = env.NODE_ENV === 'development' || env.NODE_ENV === 'test' ? env.NODE_ENV : 'production';
  const development = mode === 'development';
  const { auth, settings, problems } = readVariables(env, { development });
  problems.push(...contradictions(env, { development }));
  if (development) fillInSecrets(auth, settings.dataDir);
  if (development) fillInPublicUrl(auth, settings.host, settings.port);
  if (!settings.migrate) auth.sessions = { ...auth.sessions, migrateShards: false };
  fillInMail(auth, { development });
  fillInBrand(auth, settings);
  const addressProblem = development ? undefined : missingPublicUrl(auth);
  if (addressProblem) problems.push({ variable: 'PUBLIC_URL', message: addressProblem });
  const mailProblem = missingMail(auth);
  if (mailProblem) problems.push({ variable: 'EMAIL_VERIFICATION', message: mailProblem });
  const found = optionProblems(auth);
  if (!development && found.length === 0)
    found.push(...optionWarnings(auth).filter(({ weakSecret }) => weakSecret));
  // Variables that could not be parsed have already been reported; the module would report them a second time.
  const read = new Set(problems.map(({ variable }) => variable));
  problems.push(...found.filter(({ variable }) => !read.has(variable)));
  const unknown = unknownVariables(env);
  assertNoProblems(withoutConsequences(unreadable, problems), unknown);
  return {
    ...settings,
    mode,
    auth,
    corsOrigins: auth.csrf?.trustedOrigins ?? [],
    unknownVariables: unknown,
  };
}

/** Where the tables are, and what is in front of them. */
export interface DatabaseConfiguration extends Pick<
  ServiceSettings,
  'databaseUrl' | 'databaseSchema' | 'dataDir'
> {
  auth: Pick<AuthModuleOptions, 'pooler' | 'sessions'>;
}

/**
 * Reads only what a command needs that changes the schema and nothing else. Such a command also serves an app that
 * passes its keys and secrets as options.
 * @throws ConfigurationError
 */
export function readDatabaseConfiguration(given?: NodeJS.ProcessEnv): DatabaseConfiguration {
  const { auth, settings, problems } = readUsedVariables(given, /^DATABASE_|^DATA_DIR$/);
  assertNoProblems(problems);
  return { ...settings, auth };
}

/** Reads all variables, also from files, and keeps the problems with those that are used. */
export function readUsedVariables(given: NodeJS.ProcessEnv = process.env, used: RegExp) {
  const { env, problems: unreadable } = withFiles(given);
  const development = env.NODE_ENV === 'development';
  const { auth, settings, problems } = readVariables(env, { development });
  const all = withoutConsequences(unreadable, [...problems, ...contradictions(env, { development })]);
  return { env, development, auth, settings, problems: all.filter(({ variable }) => used.test(variable)) };
}

/** @throws ConfigurationError */
export function assertNoProblems(problems: Problem[], unknown?: string[]): void {
  if (problems.length === 0) return;
  throw new ConfigurationError(
    problems.map(({ variable, message }) => `${variable} ${message}`),
    unknown,
  );
}

/** A variable whose file cannot be read is not missing as well. */
function withoutConsequences(unreadable: Problem[], problems: Problem[]): Problem[] {
  const files = new Set(unreadable.map(({ variable }) => variable));
  return [...unreadable, ...problems.filter(({ variable }) => !files.has(`${variable}_FILE`))];
}

/** Problems that involve more than one variable. */
function contradictions(env: NodeJS.ProcessEnv, { development }: { development: boolean }): Problem[] {
  const problems: Problem[] = [];
  const fail = (variable: string, message: string) => problems.push({ variable, message });
  if (!development && !textOf(env, 'DATABASE_URL'))
    fail('DATABASE_URL', 'is missing: postgres://user:password@host:5432/database');
  const parameter =
    textOf(env, 'DATABASE_POOLER') === 'transaction' && parameterOfSession(textOf(env, 'DATABASE_URL'));
  if (parameter)
    fail(
      'DATABASE_URL',
      `must not set ${parameter}, which a pooler refuses: run ALTER ROLE … SET ${parameter} = … instead`,
    );
  if (textOf(env, 'ALERT_WEBHOOK_SECRET') && !textOf(env, 'ALERT_WEBHOOK_URL'))
    fail('ALERT_WEBHOOK_SECRET', 'does nothing without ALERT_WEBHOOK_URL: set both or neither');
  if (textOf(env, 'AUDIT_WEBHOOK_SECRET') && !textOf(env, 'AUDIT_WEBHOOK_URL'))
    fail('AUDIT_WEBHOOK_SECRET', 'does nothing without AUDIT_WEBHOOK_URL: set both or neither');
  for (const name of ['AUDIT_WEBHOOK_URL', 'AUDIT_EXPORT_TOKEN'])
    if (textOf(env, name) && flag(textOf(env, 'AUDIT'), () => undefined) === false)
      fail(name, 'does nothing with AUDIT=off: remove one of them');
  const used = [
    ...SECRETS.flatMap((name) => texts(env[name]) ?? []),
    ...receiverSecrets(env.AUDIT_WEBHOOK_SECRET),
  ];
  for (const name of TOKENS) {
    const tokens = texts(textOf(env, name)) ?? [];
    if (tokens.some((token) => used.includes(token)))
      fail(name, 'is also used elsewhere: generate a different secret for each use');
    const [weakness] = development ? [] : tokens.flatMap((token) => weaknessOfToken(token) ?? []);
    if (weakness) fail(name, `${weakness}: generate one with openssl rand -hex 32`);
    used.push(...tokens);
  }
  return problems;
}

function weaknessOfToken(token: string): string | undefined {
  return token.length < MIN_TOKEN_LENGTH ? 'is short enough to be guessed' : weaknessOf(token);
}

function fillInSecrets({ jwt }: AuthModuleOptions, dataDir: string): void {
  // The options check reports an unknown algorithm. Missing secrets are generated here.
  const algorithm = SIGNING_ALGORITHMS.find((name) => name === jwt.algorithm) ?? 'ES256';
  const key = algorithm.startsWith('HS') ? 'accessSecret' : 'accessPrivateKey';
  const needsKey = !jwt[key]?.length && !jwt.keyRing;
  if (jwt.refreshSecret && !needsKey) return;
  const generated = developmentSecrets(dataDir, algorithm);
  jwt.refreshSecret ??= generated.refreshSecret;
  if (needsKey) jwt[key] = generated.accessKey;
}
