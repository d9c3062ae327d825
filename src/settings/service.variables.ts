import type { PoolerMode } from '../index.js';
import {
  absolutePath,
  cidrs,
  databaseUrl,
  databaseUrls,
  flag,
  integer,
  oneOf,
  schemaName,
  seconds,
  asText,
  texts,
} from './parsers.js';
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
    meaning:
      'The URL of PostgreSQL: `postgres://user:password@host:5432/database`; with [several hosts](operations.md#replication-and-failover), the one that accepts writes is used',
  },
  {
    name: 'DATABASE_POOLER',
    option: 'pooler.mode',
    parse: oneOf<PoolerMode>(['session', 'transaction']),
    defaultNote: 'no pooler',
    meaning:
      '`transaction` or `session`: the mode of the [connection pooler](poolers.md), such as PgBouncer, that `DATABASE_URL` leads to',
  },
  {
    name: 'DATABASE_DIRECT_URL',
    option: 'pooler.directUrl',
    parse: databaseUrl,
    meaning:
      'The URL of the same database past the pooler, for notifications. Without it, in transaction mode, revocations of other instances are read once a second',
  },
  {
    name: 'DATABASE_PREPARED_STATEMENTS',
    option: 'pooler.preparedStatements',
    onlyWith: 'DATABASE_POOLER',
    parse: flag,
    default: 'off',
    meaning:
      'Whether the pooler supports named prepared statements in transaction mode, as PgBouncer 1.21 does with `max_prepared_statements`',
  },
  {
    name: 'DATABASE_SHARDS',
    option: 'sessions.shards',
    parse: databaseUrls,
    meaning:
      'The URLs of further databases over which new sessions are [spread](sharding.md), separated by white space. Add new ones at the end',
  },
  {
    name: 'DATABASE_SCHEMA',
    setting: 'databaseSchema',
    parse: schemaName,
    defaultNote: 'the first schema of the search path, usually `public`',
    meaning:
      'The schema of the tables, created at the start if it does not exist. To run commands for an app with `database: { url, schema }`, set it to the same name; the default there is `latchkey`',
  },
  {
    name: 'MIGRATE',
    setting: 'migrate',
    parse: flag,
    default: 'on',
    meaning:
      'Whether the service runs new [migrations](upgrading.md#migrations) when it starts. With `off`, it refuses to start while any are pending: run `npx latchkey migrate` first',
  },
  {
    name: 'DATABASE_POOL_SIZE',
    setting: 'databasePoolSize',
    parse: integer(2, 1_000),
    default: '20',
    meaning: 'The number of database connections that requests share, at least 2',
  },
  {
    name: 'SHUTDOWN_DELAY',
    setting: 'shutdownDelay',
    parse: seconds(300),
    default: '5s',
    developmentDefault: '0s',
    meaning:
      'How long `/health/ready` answers 503 before the service stops listening, so that load balancers send no more requests: more than the time in which they notice',
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
    setting: 'metricsTokens',
    parse: texts,
    meaning:
      'The bearer token that `/metrics` requires, at least 16 characters; several, comma-separated, are all accepted. Without it, metrics are served in development only',
  },
] as const satisfies readonly Variable[];
