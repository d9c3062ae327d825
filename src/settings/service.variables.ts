import { absolutePath, asText, cidrs, databaseUrl, flag, integer, oneOf } from './parsers.js';
import type { Variable } from './variable.js';

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'];

/** Where the service runs, what it listens on, and what it shows. */
export const serviceVariables = [
  {
    name: 'NODE_ENV',
    defaultNote: 'production behavior',
    meaning: 'Only `development` relaxes any of the defaults; `npm start` sets it',
  },
  {
    name: 'HOST',
    setting: 'host',
    parse: asText,
    default: '0.0.0.0',
    developmentDefault: '127.0.0.1',
    meaning: 'The address to listen on',
  },
  {
    name: 'PORT',
    setting: 'port',
    parse: integer(0, 65_535),
    default: '3000',
    meaning: 'The port to listen on; `0` picks any free port',
  },
  {
    name: 'PUBLIC_URL',
    option: 'publicUrl',
    parse: asText,
    defaultNote: 'in development: `http://127.0.0.1:<port>`',
    meaning:
      'The `https://` address of the service as clients see it: the default issuer, and the start of the URLs in the metadata. Required outside development, unless `JWT_ISSUER` is an `https://` URL',
  },
  {
    name: 'DATA_DIR',
    setting: 'dataDir',
    parse: absolutePath,
    default: '.latchkey',
    meaning: 'The folder for the embedded database and the development secrets',
  },
  {
    name: 'DATABASE_URL',
    setting: 'databaseUrl',
    parse: databaseUrl,
    defaultNote: 'in development: the embedded PostgreSQL',
    meaning: 'The URL of PostgreSQL: `postgres://user:password@host:5432/database`',
  },
  {
    name: 'DATABASE_POOL_SIZE',
    setting: 'databasePoolSize',
    parse: integer(2, 1_000),
    default: '20',
    meaning: 'The number of database connections that requests share',
  },
  {
    name: 'TRUST_PROXY',
    setting: 'trustProxy',
    parse: cidrs,
    meaning:
      'The address ranges (CIDR, comma-separated) of proxies whose `X-Forwarded-For` is trusted; very wide ranges cause a warning',
  },
  {
    name: 'LOG_LEVEL',
    setting: 'logLevel',
    parse: oneOf(LOG_LEVELS),
    default: 'info',
    meaning: `One of ${LOG_LEVELS.map((level) => `\`${level}\``).join(', ')}`,
  },
  {
    name: 'DOCS',
    setting: 'docs',
    parse: flag,
    default: 'off',
    developmentDefault: 'on',
    meaning: 'Whether the API documentation is served at `/docs` and `/openapi.json`',
  },
  {
    name: 'ACCOUNT_PAGES',
    setting: 'accountPages',
    parse: flag,
    default: 'off',
    developmentDefault: 'on',
    meaning: 'Whether the account pages are served under `/account`',
  },
  {
    name: 'METRICS_TOKEN',
    setting: 'metricsToken',
    parse: asText,
    meaning:
      'The bearer token that `/metrics` requires, at least 16 characters. Without it, metrics are served in development only',
  },
] as const satisfies readonly Variable[];
