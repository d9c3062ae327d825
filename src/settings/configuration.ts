import { type AuthModuleOptions, SIGNING_ALGORITHMS, weaknessOf } from '../index.js';
import { developmentSecrets } from './development-secrets.js';
import { optionProblems, optionWarnings } from './option-problems.js';
import { texts } from './parsers.js';
import { fillInPublicUrl, missingPublicUrl } from './public-url.js';
import { type Problem, readVariables, textOf } from './read-variables.js';
import type { ServiceSettings } from './service-settings.js';
import { unknownVariables } from './unknown-variables.js';

export interface Configuration extends ServiceSettings {
  mode: 'production' | 'development' | 'test';
  auth: AuthModuleOptions;
  corsOrigins: string[];
  /** A warning for each variable that looks like one of the service's but is unknown. */
  unknownVariables: string[];
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

/** The metrics token is known to the monitoring system, so it must not equal any of these. */
const SECRETS = [
  'JWT_ACCESS_SECRET',
  'JWT_REFRESH_SECRET',
  'KEY_ENCRYPTION_SECRET',
  'PASSWORD_PEPPER',
  'ALERT_WEBHOOK_SECRET',
];

/**
 * Reads the service's configuration from the environment.
 * @throws ConfigurationError
 */
export function readConfiguration(env: NodeJS.ProcessEnv = process.env): Configuration {
  const mode = env.NODE_ENV === 'development' || env.NODE_ENV === 'test' ? env.NODE_ENV : 'production';
  const development = mode === 'development';
  const { auth, settings, problems } = readVariables(env, { development });
  problems.push(...contradictions(env, { development }));
  if (development) fillInSecrets(auth, settings.dataDir);
  if (development) fillInPublicUrl(auth, settings.host, settings.port);
  const addressProblem = development ? undefined : missingPublicUrl(auth);
  if (addressProblem) problems.push({ variable: 'PUBLIC_URL', message: addressProblem });
  const found = optionProblems(auth);
  if (!development && found.length === 0)
    found.push(...optionWarnings(auth).filter(({ weakSecret }) => weakSecret));
  // Variables that could not be parsed have already been reported; the module would report them a second time.
  const read = new Set(problems.map(({ variable }) => variable));
  problems.push(...found.filter(({ variable }) => !read.has(variable)));

  const unknown = unknownVariables(env);
  if (problems.length > 0)
    throw new ConfigurationError(
      problems.map(({ variable, message }) => `${variable} ${message}`),
      unknown,
    );
  return {
    ...settings,
    mode,
    auth,
    corsOrigins: auth.csrf?.trustedOrigins ?? [],
    unknownVariables: unknown,
  };
}

/** Problems that involve more than one variable. */
function contradictions(env: NodeJS.ProcessEnv, { development }: { development: boolean }): Problem[] {
  const problems: Problem[] = [];
  const fail = (variable: string, message: string) => problems.push({ variable, message });
  if (!development && !textOf(env, 'DATABASE_URL'))
    fail('DATABASE_URL', 'is missing: postgres://user:password@host:5432/database');
  if (textOf(env, 'ALERT_WEBHOOK_SECRET') && !textOf(env, 'ALERT_WEBHOOK_URL'))
    fail('ALERT_WEBHOOK_SECRET', 'does nothing without ALERT_WEBHOOK_URL: set both or neither');
  const metricsToken = textOf(env, 'METRICS_TOKEN');
  if (metricsToken && SECRETS.some((name) => texts(env[name])?.includes(metricsToken)))
    fail('METRICS_TOKEN', 'is also used elsewhere: generate a different secret for each use');
  const weakness = !development && metricsToken && weaknessOfToken(metricsToken);
  if (weakness) fail('METRICS_TOKEN', `${weakness}: generate one with openssl rand -hex 32`);
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
