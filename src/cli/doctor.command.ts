import { DataSource } from 'typeorm';
import { BcryptPasswordHasher, KeyRing, RedisConnection } from '../index.js';
import { type Configuration, ConfigurationError, readConfiguration } from '../settings/configuration.js';
import { serviceDatabase } from '../settings/database.js';
import { openDatabase } from '../settings/open-database.js';
import { warningsOf } from '../settings/warnings.js';
import { examineIssuer } from './examine-issuer.js';
import type { Io } from './io.js';
import { EXIT, type Outcome } from './outcome.js';
import { withApp } from './run.js';

export interface Finding {
  check: string;
  state: 'ok' | 'warning' | 'problem';
  message: string;
}

const MAX_CLOCK_DIFFERENCE_MS = 5_000;
const SLOW_HASH_MS = 1_000;
/** How long to wait until a new connection is ready. */
const REDIS_PATIENCE_MS = 2_000;
const SIGN = { ok: '✔', warning: '!', problem: '✘' };

/** Checks everything the service needs, and suggests fixes for what is wrong. */
export async function doctor(io: Io): Promise<Outcome> {
  const findings = await examine(io);
  const width = Math.max(...findings.map(({ check }) => check.length));
  const lines = findings.map(
    ({ check, state, message }) => `${SIGN[state]} ${check.padEnd(width)}  ${message}`,
  );
  const isIll = findings.some(({ state }) => state === 'problem');
  return { text: lines.join('\n'), json: { findings }, exitCode: isIll ? EXIT.FAILED : 0 };
}

async function examine(io: Io): Promise<Finding[]> {
  let configuration: Configuration;
  try {
    configuration = readConfiguration(io.env);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return [
      ...error.problems.map((message) => finding('problem', message)),
      ...error.unknown.map((message) => finding('warning', message)),
    ];
  }
  const database = await examineDatabase(configuration);
  const usable = database.every(({ state }) => state !== 'problem');
  return [
    ...examineConfiguration(configuration),
    ...examineIssuer(configuration),
    ...database,
    ...(await examineRedis(configuration)),
    ...(usable ? await examineKeys(io) : []),
    await examineHashing(configuration),
  ];
}

function finding(state: Finding['state'], message: string): Finding {
  return { check: 'configuration', state, message };
}

function examineConfiguration(configuration: Configuration): Finding[] {
  const findings = warningsOf(configuration).map((message) => finding('warning', message));
  const { mode } = configuration;
  if (mode !== 'production')
    findings.push(finding('warning', `NODE_ENV is ${mode}: fine on this machine, but not in production`));
  return findings.length > 0 ? findings : [finding('ok', 'complete and valid')];
}

async function examineDatabase(configuration: Configuration): Promise<Finding[]> {
  try {
    const { url, stop } = await openDatabase(configuration, { info: () => undefined });
    const source = await new DataSource(serviceDatabase(url)).initialize();
    try {
      return [await connection(source), await clock(source), await migrations(source)];
    } finally {
      await source.destroy();
      await stop();
    }
  } catch (error) {
    const { message, code } = error as Error & { code?: string };
    const advice = 'check DATABASE_URL, and that PostgreSQL is running';
    return [{ check: 'database', state: 'problem', message: `${message || code}: ${advice}` }];
  }
}

async function connection(source: DataSource): Promise<Finding> {
  const began = performance.now();
  const [{ version }] = await source.query<[{ version: string }]>(
    `SELECT current_setting('server_version') AS version`,
  );
  const ms = Math.round(performance.now() - began);
  return { check: 'database', state: 'ok', message: `PostgreSQL ${version} answers in ${ms} ms` };
}

async function clock(source: DataSource): Promise<Finding> {
  const [{ now }] = await source.query<[{ now: Date }]>('SELECT clock_timestamp() AS now');
  const difference = Math.abs(now.getTime() - Date.now());
  const message = `differs from the database clock by ${difference} ms`;
  return difference <= MAX_CLOCK_DIFFERENCE_MS
    ? { check: 'clock', state: 'ok', message }
    : {
        check: 'clock',
        state: 'problem',
        message: `${message}: synchronize both with NTP, or raise CLOCK_TOLERANCE`,
      };
}

async function migrations(source: DataSource): Promise<Finding> {
  const pending = await source.showMigrations();
  return pending
    ? {
        check: 'schema',
        state: 'warning',
        message: 'is out of date: start the service, which migrates it, or run latchkey migrate',
      }
    : { check: 'schema', state: 'ok', message: 'is up to date' };
}

async function examineRedis({ auth }: Configuration): Promise<Finding[]> {
  if (!auth.redis) return [];
  let reason = 'no answer';
  const redis = await RedisConnection.open(auth.redis.url, (message) => (reason = message));
  try {
    const deadline = performance.now() + REDIS_PATIENCE_MS;
    while (!(await redis.ping())) {
      const advice = 'check REDIS_URL, and that Redis is running; the service works without it';
      if (performance.now() > deadline)
        return [{ check: 'redis', state: 'problem', message: `${reason}: ${advice}` }];
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return [{ check: 'redis', state: 'ok', message: 'answers' }];
  } finally {
    redis.onModuleDestroy();
  }
}

async function examineKeys(io: Io): Promise<Finding[]> {
  const { json } = await withApp(io, async (app) => {
    const ring = app.get<KeyRing | undefined>(KeyRing);
    const message = ring
      ? `${ring.list().length} in the ring, ${ring.current.kid} signs (${ring.current.algorithm})`
      : 'set in the environment';
    return { text: '', json: [{ check: 'keys', state: 'ok', message }] };
  });
  return json as Finding[];
}

async function examineHashing({ auth }: Configuration): Promise<Finding> {
  const cost = auth.passwords?.bcryptCost ?? 12;
  const hasher = new BcryptPasswordHasher({ cost, peppers: [], queueLimit: 1 });
  const began = performance.now();
  await hasher.hash('how long does this take');
  const ms = Math.round(performance.now() - began);
  const message = `a hash takes ${ms} ms at cost ${cost}`;
  return ms <= SLOW_HASH_MS
    ? { check: 'hashing', state: 'ok', message }
    : {
        check: 'hashing',
        state: 'warning',
        message: `${message}: lower BCRYPT_COST, or use a faster machine`,
      };
}
