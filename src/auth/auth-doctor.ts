import type { DataSource } from 'typeorm';
import type { UsedTables } from './schema.js';
import type { AuthInstances } from '../instances/auth-instances.js';
import type { AuthModuleOptions } from '../options/auth-options.js';
import { findOptionWarnings } from '../options/option-warnings.js';
import type { ResolvedAuthOptions } from '../options/resolve-options.js';
import type { MailOutbox } from '../mail/mail-outbox.js';
import type { MailTransport } from '../mail/mail-transport.js';
import type { RedisConnection } from '../redis/redis-connection.js';
import type { PasswordHasher } from '../users/password-hasher.js';
import { examineRunning, examineSecrets, lifetimes } from './doctor/examine-instances.js';
import { needsOlderPeppers } from './doctor/older-hashes.js';
import type { SessionShards } from './shards/session-shards.js';
import { PART_NAMES } from './auth.module-definition.js';
import { examineAuditReceivers } from './doctor/examine-audit-receivers.js';
import { examineDataSource } from './doctor/examine-database.js';
import { examineFactors, needsOlderFactorSecrets } from './doctor/examine-factors.js';
import { examineGrants } from './doctor/examine-grants.js';
import { examineMail } from './doctor/examine-mail.js';
import { examinePasskeys, type PasskeyNames } from './doctor/examine-passkeys.js';
import { examinePool } from './doctor/examine-pool.js';
import { examineKeys, keysFinding } from './doctor/examine-keys.js';
import { examineShards } from './doctor/examine-shards.js';
import { reasonOf } from '../database/without-passwords.js';
import type { DoctorAdvice, Finding } from './doctor/finding.js';

const IN_AN_APP: DoctorAdvice = {
  database: 'check the data source, and that PostgreSQL is running',
  clock: 'synchronize both with NTP, or raise jwt.clockTolerance',
  schema: 'run the migrations of the data source',
  hashing: 'lower passwords.bcryptCost, or use a faster machine',
  redis: 'check redis.url, that Redis is running, and that it is no replica; the app works without it',
  server: 'connect the data source to the server that accepts writes',
  keys: 'also pass the secret they were encrypted under to jwt.keyRing.encryptionSecret, or remove them with latchkey keys remove',
  factors:
    'put the missing secret back into mfa.encryptionSecrets; if it is lost, their owners need another factor, a recovery code or latchkey user reset-factors',
};

const PASSKEY_NAMES: PasskeyNames = {
  rpId: 'passkeys.rpId',
  origins: 'passkeys.origins',
};

const SLOW_HASH_MS = 1_000;
/** How long to wait until a new connection is ready. */
const REDIS_PATIENCE_MS = 2_000;

interface ExaminedParts {
  given: AuthModuleOptions;
  resolved: ResolvedAuthOptions;
  source: DataSource;
  redis: RedisConnection | undefined;
  tables: Required<UsedTables>;
  hasher: PasswordHasher;
  instances: AuthInstances | undefined;
  shards: SessionShards | undefined;
  /** `undefined`: there are no mails. */
  mail: { transport: MailTransport; outbox: MailOutbox } | undefined;
}

/**
 * Judges what this app uses: its options, data source, schema, keys, Redis and hasher. Changes nothing, and no message
 * contains a secret. `latchkey doctor --app` prints the findings.
 */
export class AuthDoctor {
  /** The token under which another copy of the package, such as the command line, finds the doctor of an app. */
  static readonly TOKEN = Symbol.for('latchkey:doctor');

  /** Private to JavaScript too, so that secrets are not printed with the app. */
  readonly #parts: ExaminedParts;

  /** @internal */
  constructor(parts: ExaminedParts) {
    this.#parts = parts;
  }

  /** Which `AuthModule` this is, if an app has several: its issuer and audience, which no other has together. */
  get examined(): string {
    const { issuer, audience } = this.#parts.resolved.access.policy;
    return `audience ${audience} of ${issuer}`;
  }

  /** Never rejects: what cannot be checked is a problem. */
  async examine(): Promise<Finding[]> {
    const { source, redis, hasher, resolved, tables, mail } = this.#parts;
    const receivers = resolved.audit.enabled ? resolved.audit.receivers.map(({ name }) => name) : [];
    const used = {
      users: tables.users,
      keyRing: resolved.access.keys.ring !== undefined,
      mfa: resolved.mfa !== undefined,
      audit: resolved.audit.enabled,
      receivers: receivers.length > 0,
      mail: mail !== undefined,
      accounts: resolved.accounts.enabled,
      passkeys: resolved.passkeys !== undefined,
    };
    return [
      ...this.options(),
      ...(await examineDataSource(source, IN_AN_APP, { totp: resolved.mfa?.totp.enabled })),
      ...(await examineGrants(source, used)),
      ...(await examinePool(source)),
      ...(await this.shards()),
      ...(redis ? [await examineRedis(redis, IN_AN_APP)] : []),
      ...(await examineAuditReceivers(source, receivers)),
      ...(mail ? await examineMail(mail) : []),
      ...(await this.keys()),
      ...(await this.factors()),
      ...(await this.instances()),
      await examineHashing(hasher, 'the hasher', IN_AN_APP),
    ];
  }

  private options(): Finding[] {
    const found = findOptionWarnings(this.#parts.given, { names: PART_NAMES, allowed: false });
    const { rateLimits, cookies } = this.#parts.resolved;
    const messages = found.map(({ option, message }) => `${option} ${message}`);
    if (!rateLimits) messages.push('rateLimits is false: passwords can be guessed without limit');
    if (!cookies.secure)
      messages.push('cookies.secure is false: fine on this machine, but not in production');
    return messages.length > 0
      ? messages.map((message) => ({ check: 'options', state: 'warning', message }))
      : [{ check: 'options', state: 'ok', message: 'complete and valid' }];
  }

  /** Which instances run, and how far rotations of secrets have come. Never rejects. */
  async instances(): Promise<Finding[]> {
    const { instances, resolved, source, hasher } = this.#parts;
    if (!instances) return [];
    const lifetime = lifetimes(resolved);
    const lists = instances.lists
      .filter(({ kind }) => kind !== 'shards')
      .map(({ kind, choice: { ids } }) => ({ kind, ids, livesFor: lifetime[kind] }));
    try {
      const pepper = lists.find(({ kind }) => kind === 'pepper');
      if (pepper && !(await needsOlderPeppers(source, hasher))) pepper.livesFor = 0;
      const factors = lists.find(({ kind }) => kind === 'factors');
      const older = resolved.mfa && (await needsOlderFactorSecrets(source, resolved.mfa.encryptionSecrets));
      if (factors && older === false) factors.livesFor = 0;
      const { instances: live, now } = await instances.look();
      return [examineRunning(live), ...examineSecrets(lists, live, now)];
    } catch (error) {
      return [{ check: 'instances', state: 'problem', message: reasonOf(error) }];
    }
  }

  private async shards(): Promise<Finding[]> {
    const examined = (this.#parts.shards?.all ?? []).map(async ({ number, reached, failure }) => ({
      number,
      found: reached ? await examineDataSource(reached.source, IN_AN_APP) : failure,
    }));
    return examineShards(await Promise.all(examined));
  }

  private async factors(): Promise<Finding[]> {
    const { source, resolved } = this.#parts;
    const { mfa, passkeys, publicUrl } = resolved;
    return [
      ...(mfa ? await examineFactors(source, mfa.encryptionSecrets, IN_AN_APP) : []),
      ...(passkeys ? examinePasskeys({ ...passkeys, publicUrl }, PASSKEY_NAMES) : []),
    ];
  }

  private async keys(): Promise<Finding[]> {
    const { source, resolved } = this.#parts;
    const { ring } = resolved.access.keys;
    if (!ring) return [keysFinding('ok', 'set in the options')];
    return examineKeys(source, ring.encryptionSecrets, IN_AN_APP);
  }
}

/** Waits two seconds at most. Never rejects. */
export async function examineRedis(redis: RedisConnection, advice: DoctorAdvice): Promise<Finding> {
  const deadline = performance.now() + REDIS_PATIENCE_MS;
  while (!(await redis.works())) {
    if (performance.now() > deadline)
      return { check: 'redis', state: 'problem', message: `no answer: ${advice.redis}` };
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return { check: 'redis', state: 'ok', message: 'answers, and accepts writes' };
}

/** Hashes one password. @param how what is measured, for the message */
export async function examineHashing(
  hasher: Pick<PasswordHasher, 'hash'>,
  how: string,
  advice: DoctorAdvice,
): Promise<Finding> {
  const began = performance.now();
  try {
    await hasher.hash('how long does this take');
  } catch (error) {
    return { check: 'hashing', state: 'problem', message: `${how} failed: ${reasonOf(error)}` };
  }
  const message = `a hash takes ${Math.round(performance.now() - began)} ms (${how})`;
  return performance.now() - began <= SLOW_HASH_MS
    ? { check: 'hashing', state: 'ok', message }
    : { check: 'hashing', state: 'warning', message: `${message}: ${advice.hashing}` };
}
