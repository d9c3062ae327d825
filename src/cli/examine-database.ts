import { DataSource } from 'typeorm';
import { reasonOf, withoutPasswords } from '../database/without-passwords.js';
import {
  AuthDoctor,
  authMigrations,
  examineAuditReceivers,
  examineDataSource,
  examineFactors,
  examineGrants,
  type ExaminedShard,
  examineKeys,
  examineShards,
  type Finding,
} from '../index.js';
import { type Configuration, poolerModeOf } from '../settings/configuration.js';
import { serviceDatabase } from '../settings/database.js';
import { findDatabase } from '../settings/open-database.js';
import { IN_THE_SERVICE } from './advice.js';
import { examineConnections } from './examine-connections.js';
import type { Io } from './io.js';
import { withKeys } from './run.js';

const NOT_RUNNING: Finding = {
  check: 'database',
  state: 'warning',
  message:
    'the embedded PostgreSQL is not running, so neither it nor the keys can be checked: start the service with npm start',
};

/** What must be all right for a start. */
const STARTS_WITH = new Set(['database', 'pooler', 'schema', 'grants', 'keys']);

/** Checks the connection, the schema, the privileges and the keys. Never rejects, and changes nothing. */
export async function examineDatabase(configuration: Configuration): Promise<Finding[]> {
  try {
    const { databaseSchema: schema } = configuration;
    const database = await findDatabase(configuration);
    if (!database) return [NOT_RUNNING];
    const { url } = database;
    // Without a parameter that a pooler may refuse, so that the pooler can be named.
    const pooler = poolerModeOf(configuration) ?? 'transaction';
    try {
      const source = await new DataSource(serviceDatabase(url, { schema, pooler })).initialize();
      try {
        const connections = await examineConnections(source, configuration, url);
        // A pooler that does not fit may break the other checks too, but not the one for a read-only server.
        if (connections.some(({ check, state }) => check !== 'connections' && state === 'problem')) {
          const found = await examineDataSource(source, IN_THE_SERVICE);
          return [...connections, ...found.filter(({ check }) => check === 'server')];
        }
        const shards = await examineShardsOf(configuration);
        return [...connections, ...(await examineTables(source, configuration)), ...shards];
      } finally {
        await source.destroy();
      }
    } finally {
      await database.stop();
    }
  } catch (error) {
    const { message, code } = error as Error & { code?: string };
    return [
      {
        check: 'database',
        state: 'problem',
        message: `${withoutPasswords(message || String(code))}: ${IN_THE_SERVICE.database}`,
      },
    ];
  }
}

async function examineShardsOf(configuration: Configuration): Promise<Finding[]> {
  const { auth, databaseSchema: schema } = configuration;
  const pooler = poolerModeOf(configuration) ?? 'transaction';
  const urls = auth.sessions?.shards ?? [];
  const examined = urls.map(async (url, place): Promise<ExaminedShard> => {
    // Users are in the main database only.
    const migrations = authMigrations({ users: false });
    const source = new DataSource({ ...serviceDatabase(url, { schema, pooler }), migrations });
    try {
      await source.initialize();
      return { number: place + 1, found: await examineDataSource(source, IN_THE_SERVICE) };
    } catch (error) {
      return { number: place + 1, found: reasonOf(error) };
    } finally {
      if (source.isInitialized) await source.destroy();
    }
  });
  return examineShards(await Promise.all(examined));
}

/** Only if their tables can be there. */
async function examineReceivers(
  source: DataSource,
  configuration: Configuration,
  found: Finding[],
): Promise<Finding[]> {
  if (found.some(({ state, check }) => state === 'problem' || (check === 'schema' && state !== 'ok')))
    return [];
  return examineAuditReceivers(
    source,
    receiversOf(configuration).map(({ name }) => name),
  );
}

function receiversOf({ auth }: Configuration) {
  return (typeof auth.audit === 'object' && auth.audit.receivers) || [];
}

/** Reads only: neither migrates nor makes a key. */
async function examineTables(source: DataSource, configuration: Configuration): Promise<Finding[]> {
  const { auth, migrate } = configuration;
  const secrets = auth.jwt.keyRing && [auth.jwt.keyRing.encryptionSecret].flat();
  const used = {
    users: true,
    keyRing: secrets !== undefined,
    audit: auth.audit !== false,
    receivers: receiversOf(configuration).length > 0,
    mail: auth.mail !== undefined,
    accounts: auth.mail !== undefined,
    mfa: auth.mfa !== undefined,
    passkeys: auth.passkeys !== undefined,
  };
  const totp = auth.mfa !== undefined && auth.mfa.totp !== false;
  const found = await examineDataSource(source, IN_THE_SERVICE, { totp });
  return [
    ...found.map((each) =>
      each.check === 'schema' && each.state === 'warning' && !migrate
        ? {
            ...each,
            state: 'problem' as const,
            message: `${each.message}. The service does not start before`,
          }
        : each,
    ),
    ...(await examineGrants(source, used)),
    ...(await examineReceivers(source, configuration, found)),
    ...(secrets
      ? await examineKeys(source, secrets, IN_THE_SERVICE)
      : [{ check: 'keys', state: 'ok' as const, message: 'set in the environment' }]),
    ...(auth.mfa ? await examineFactors(source, [auth.mfa.encryptionSecrets].flat(), IN_THE_SERVICE) : []),
  ];
}

/** Only if everything that a start needs is there, because then a start changes nothing. */
export async function examineInstances(io: Io, database: Finding[]): Promise<Finding[]> {
  const isReady = database.every(({ check, state }) => state === 'ok' || !STARTS_WITH.has(check));
  if (!isReady) return [];
  const { json } = await withKeys(io, async (app) => ({
    text: '',
    json: await app.get(AuthDoctor).instances(),
  }));
  return json as Finding[];
}
