import type { DataSource } from 'typeorm';
import { DatabaseNotifications } from '../../database/notifications.js';
import type { Pooling } from '../../database/pooling.js';
import { runStatement } from '../../database/statement.js';
import { tableOf } from '../../database/table-of.js';
import { PostgresRevocationList } from '../../revocation/postgres-revocation-list.js';
import { RevocationStore } from '../../revocation/revocation.store.js';
import { ExpiredSessions } from '../../sessions/expired-sessions.js';
import { PostgresSessionStore } from '../../sessions/postgres-session.store.js';
import { RefreshToken } from '../../sessions/refresh-token.entity.js';
import type { SessionLimits } from '../../sessions/session-types.js';
import { shardOf } from '../../sessions/shards/shard-number.js';
import { type DatabasePlaces, WrongShardError } from './database-places.js';

/** What all shards have in common. */
export interface ShardSettings {
  /** The schema of the tables, in the main database and in every shard. */
  schema?: string | undefined;
  poolSize: number;
  pooling?: Pooling | undefined;
  migrate: boolean;
  limits: SessionLimits;
  /** Seconds after which every access token of an ended session has expired. */
  accessLifetime: number;
  /** Seconds for which the last known revocations are used without the database. */
  maxStaleness: number;
  clock: () => number;
  /** Where the tables of all databases that have been reached are. */
  places: DatabasePlaces;
  log: Record<'log' | 'warn', (line: string) => void>;
}

/** A shard that has been reached, and what is kept in it. */
export interface OpenShard {
  source: DataSource;
  sessions: PostgresSessionStore;
  revocations: PostgresRevocationList;
  /** What the cleanup deletes. */
  expiring: [ExpiredSessions, RevocationStore];
  /** Stops listening. */
  stop(): Promise<void>;
}

/**
 * Opens the connections of a shard, after its schema has been brought up to date.
 * @throws WrongShardError, or the error of the driver
 */
export async function openShard(
  number: number,
  url: () => string,
  settings: ShardSettings,
): Promise<OpenShard> {
  const { pooling, limits, log } = settings;
  // A shard has no other way past its pooler.
  const own = pooling && { ...pooling, directUrl: undefined };
  const { openDatabase } = await import('../own-database/own-database.js');
  const source = await openDatabase({ ...settings, url }, own, { users: false });
  try {
    await settings.places.claim(number, source);
    await assertOwnSessions(source, number);
    const store = new RevocationStore(source, settings.accessLifetime);
    const notifications = new DatabaseNotifications(source);
    const revocations = new PostgresRevocationList(store, notifications, {
      ...settings,
      log: (line) => log.log(`Shard ${number}: ${line}`),
    });
    await revocations.onModuleInit();
    return {
      source,
      sessions: new PostgresSessionStore(source, limits),
      revocations,
      expiring: [new ExpiredSessions(source), store],
      async stop() {
        revocations.onModuleDestroy();
        await notifications.onModuleDestroy();
      },
    };
  } catch (error) {
    await source.destroy();
    throw error;
  }
}

/** The ids of sessions begin with the number of their shard, so the first and the last one say it for all. */
async function assertOwnSessions(source: DataSource, number: number): Promise<void> {
  const table = tableOf(source, RefreshToken);
  const { rows } = await runStatement<{ id: string }>(source, {
    text: `(SELECT id FROM ${table} ORDER BY id LIMIT 1) UNION ALL (SELECT id FROM ${table} ORDER BY id DESC LIMIT 1)`,
    values: [],
  });
  const other = rows.map(({ id }) => shardOf(id)).find((found) => found !== number);
  if (other === undefined) return;
  const whose = other === 0 ? 'sessions of a main database' : `the sessions of shard ${other}`;
  throw new WrongShardError(
    `is at place ${number} of the list, but holds ${whose}: put the databases back into the order in which they were added`,
  );
}
