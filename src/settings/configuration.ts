import { resolve } from 'node:path';
import { type AuthModuleOptions, SIGNING_ALGORITHMS } from '../index.js';
import { developmentSecrets } from './development-secrets.js';
import { databaseUrlProblem } from './database-url.js';
import { EnvironmentReader, isCidr } from './environment-reader.js';
import { optionProblems } from './option-problems.js';

export interface Configuration {
  mode: 'production' | 'development' | 'test';
  host: string;
  port: number;
  /** Absolute path of the folder for the embedded database and development secrets. */
  dataDir: string;
  /** `undefined`: start the embedded PostgreSQL. */
  databaseUrl: string | undefined;
  /** Connections to the database that requests share; one more is for hearing of revocations. */
  databasePoolSize: number;
  auth: AuthModuleOptions;
  corsOrigins: string[];
  /** CIDRs of proxies whose X-Forwarded-For is believed. */
  trustProxy: string[];
  logLevel: string;
  docs: boolean;
  /** Sign up, sign in and my account, under `/account`. */
  accountPages: boolean;
  /** Who presents it may read `/metrics`; in development everybody may. */
  metricsToken: string | undefined;
}

/** Thrown at start-up: names every wrong environment variable at once, never a value. */
export class ConfigurationError extends Error {
  constructor(readonly problems: string[]) {
    super(
      ['Latchkey cannot start with this configuration:', ...problems.map((line) => `  - ${line}`)].join('\n'),
    );
    this.name = 'ConfigurationError';
  }
}

/** What the metrics token, which monitoring gets to know, must not be. */
const SECRETS = [
  'JWT_ACCESS_SECRET',
  'JWT_REFRESH_SECRET',
  'KEY_ENCRYPTION_SECRET',
  'PASSWORD_PEPPER',
  'ALERT_WEBHOOK_SECRET',
];

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/**
 * The service's configuration from the environment.
 * @throws ConfigurationError
 */
export function readConfiguration(env: NodeJS.ProcessEnv = process.env): Configuration {
  const read = new EnvironmentReader(env);
  const mode = env.NODE_ENV === 'development' || env.NODE_ENV === 'test' ? env.NODE_ENV : 'production';
  const development = mode === 'development';
  const databaseUrl = read.optional('DATABASE_URL');
  if (!databaseUrl && !development)
    read.fail('DATABASE_URL', 'is missing: postgres://user:password@host:5432/database');
  const problem = databaseUrl && databaseUrlProblem(databaseUrl);
  if (problem) read.fail('DATABASE_URL', problem);

  const configuration: Configuration = {
    mode,
    host: read.text('HOST', development ? '127.0.0.1' : '0.0.0.0'),
    port: read.integer('PORT', 3000, 0, 65_535),
    dataDir: resolve(read.text('DATA_DIR', '.latchkey')),
    databaseUrl,
    databasePoolSize: read.integer('DATABASE_POOL_SIZE', 20, 2, 1_000),
    auth: readAuthOptions(read, development),
    corsOrigins: read.secrets('CORS_ORIGINS'),
    trustProxy: read.list('TRUST_PROXY', isCidr, 'an address range such as 10.0.0.0/8'),
    logLevel: read.oneOf('LOG_LEVEL', 'info', LOG_LEVELS),
    docs: read.flag('DOCS', development),
    accountPages: read.flag('ACCOUNT_PAGES', development),
    metricsToken: read.optional('METRICS_TOKEN'),
  };
  if (development) fillInSecrets(configuration);
  const { metricsToken } = configuration;
  if (metricsToken && SECRETS.some((name) => read.secrets(name).includes(metricsToken)))
    read.fail('METRICS_TOKEN', 'is also used elsewhere: each secret needs random bytes of its own');
  read.problems.push(...optionProblems(configuration.auth));
  if (read.problems.length > 0) throw new ConfigurationError(read.problems);
  return configuration;
}

function readAuthOptions(read: EnvironmentReader, development: boolean): AuthModuleOptions {
  const redisUrl = read.optional('REDIS_URL');
  const encryptionSecret = read.secrets('KEY_ENCRYPTION_SECRET');
  const rotation = {
    publishAhead: read.duration('KEY_PUBLISH_AHEAD', '10m'),
    rotateEvery: read.duration('KEY_ROTATE_EVERY', '30d'),
  };
  const webhookUrl = read.optional('ALERT_WEBHOOK_URL');
  if (webhookUrl === undefined && read.optional('ALERT_WEBHOOK_SECRET') !== undefined)
    read.fail('ALERT_WEBHOOK_SECRET', 'does nothing without ALERT_WEBHOOK_URL: set both or none');
  return {
    jwt: {
      algorithm: read.text('JWT_ALGORITHM', 'ES256') as AuthModuleOptions['jwt']['algorithm'],
      accessSecret: read.secrets('JWT_ACCESS_SECRET'),
      accessPrivateKey: read.pems('JWT_ACCESS_PRIVATE_KEY'),
      keyRing: encryptionSecret.length > 0 ? { encryptionSecret, ...rotation } : undefined,
      refreshSecret: read.secrets('JWT_REFRESH_SECRET'),
      issuer: read.text('JWT_ISSUER', 'latchkey'),
      audience: read.text('JWT_AUDIENCE', 'latchkey'),
      accessTtl: read.duration('JWT_ACCESS_TTL', '15m'),
      refreshTtl: read.duration('JWT_REFRESH_TTL', '7d'),
      clockTolerance: read.duration('CLOCK_TOLERANCE', '5s'),
    },
    sessions: {
      absoluteTtl: read.duration('SESSION_ABSOLUTE_TTL', '30d'),
      rotation: read.flag('REFRESH_ROTATION', true),
      leeway: read.duration('REFRESH_LEEWAY', '10s'),
      maxPerUser: read.integer('SESSIONS_PER_USER', 100, 0, 1_000_000),
      whenFull: read.oneOf('SESSIONS_WHEN_FULL', 'evict', ['evict', 'refuse'] as const),
    },
    redis: redisUrl === undefined ? undefined : { url: redisUrl },
    revocation: { maxStaleness: read.duration('REVOCATION_MAX_STALENESS', '60s') },
    audit: read.flag('AUDIT', true) && { retention: read.duration('AUDIT_RETENTION', '90d') },
    alerts: {
      webhook:
        webhookUrl === undefined
          ? undefined
          : {
              url: webhookUrl,
              secret: read.text('ALERT_WEBHOOK_SECRET', ''),
              allowPrivateAddresses: read.flag('ALERT_WEBHOOK_ALLOW_PRIVATE', false),
            },
    },
    passwords: {
      minLength: read.integer('PASSWORD_MIN_LENGTH', 15, 8, 64),
      bcryptCost: read.integer('BCRYPT_COST', 12, 10, 15),
      peppers: read.secrets('PASSWORD_PEPPER'),
    },
    cookies: {
      secure: read.flag('COOKIE_SECURE', !development),
      sameSite: read.oneOf('COOKIE_SAME_SITE', 'lax', ['strict', 'lax', 'none'] as const),
      silentRefresh: read.flag('SILENT_REFRESH', false),
    },
    csrf: { trustedOrigins: read.secrets('CORS_ORIGINS') },
    rateLimits: read.flag('RATE_LIMIT', true) ? {} : false,
  };
}

function fillInSecrets({ auth: { jwt }, dataDir }: Configuration): void {
  // Another one is reported by the check of the options; what else is missing would be generated.
  const algorithm = SIGNING_ALGORITHMS.find((name) => name === jwt.algorithm) ?? 'ES256';
  const key = algorithm.startsWith('HS') ? 'accessSecret' : 'accessPrivateKey';
  const needsKey = !jwt[key]?.length && !jwt.keyRing;
  if (jwt.refreshSecret.length > 0 && !needsKey) return;
  const generated = developmentSecrets(dataDir, algorithm);
  if (jwt.refreshSecret.length === 0) jwt.refreshSecret = generated.refreshSecret;
  if (needsKey) jwt[key] = generated.accessKey;
}
