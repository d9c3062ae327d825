import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { authEntities, authMigrations } from '../../src/index.js';
import { DatabaseNotifications } from '../../src/database/notifications.js';
import { PostgresRevocationList } from '../../src/revocation/postgres-revocation-list.js';
import { RevocationStore } from '../../src/revocation/revocation.store.js';
import { createMigratedDatabase, type TestDatabase } from './postgres.js';
import { until } from './until.js';

/** Seconds for which the entries that triggers write are kept in these tests. */
export const ACCESS_LIFETIME = 1_020;

/** A database with any number of instances that know its revocations. */
export class RevocationInstances {
  private readonly parts: { onModuleDestroy(): unknown }[] = [];
  private readonly sources: DataSource[] = [];

  private constructor(private readonly database: TestDatabase) {}

  static async create(): Promise<RevocationInstances> {
    const instances = new RevocationInstances(await createMigratedDatabase());
    await (await instances.connect()).runMigrations();
    return instances;
  }

  async connect(): Promise<DataSource> {
    const source = new DataSource({
      type: 'postgres',
      url: this.database.url,
      entities: [...authEntities],
      migrations: [...authMigrations],
      extra: { max: 3 },
    });
    this.sources.push(source);
    return source.initialize();
  }

  async start(): Promise<{ list: PostgresRevocationList; source: DataSource; log: string[] }> {
    const source = await this.connect();
    const log: string[] = [];
    const notifications = new DatabaseNotifications(source);
    const settings = { maxStaleness: 60, clock: Date.now, log: (line: string) => void log.push(line) };
    const store = new RevocationStore(source, ACCESS_LIFETIME);
    const list = new PostgresRevocationList(store, notifications, settings);
    this.parts.push(list, notifications);
    await list.onModuleInit();
    return { list, source, log };
  }

  async stopAll(): Promise<void> {
    for (const part of this.parts.splice(0)) await part.onModuleDestroy();
  }

  async drop(): Promise<void> {
    await this.stopAll();
    for (const source of this.sources) await source.destroy();
    await this.database.drop();
  }
}

/** Waits until the instance has looked once more. */
export async function nextLook(list: PostgresRevocationList): Promise<void> {
  const asked = performance.now();
  await until(() => performance.now() - list.staleness * 1_000 > asked);
}

/** Adds live sessions as rows, and returns their ids. */
export async function addSessionRows(
  source: { query(sql: string, values: unknown[]): Promise<unknown> },
  count: number,
  columns: { revoked_at?: Date; absolute_expires_at?: Date; created_at?: Date; user_id?: string } = {},
): Promise<string[]> {
  const ids = Array.from({ length: count }, () => randomUUID());
  await source.query(
    `INSERT INTO refresh_tokens (id, user_id, current_jti, created_at, rotated_at, last_used_at, expires_at,
       absolute_expires_at, revoked_at)
     SELECT id, $2, id, $3, $3, $3, now() + interval '7 days', $4, $5 FROM unnest($1::uuid[]) AS id`,
    [
      ids,
      columns.user_id ?? 'ada',
      columns.created_at ?? new Date(),
      columns.absolute_expires_at ?? new Date(Date.now() + 30 * 86_400_000),
      columns.revoked_at ?? null,
    ],
  );
  return ids;
}

/** The claims of an access token of this session that was issued long ago. */
export const tokenOf = (sid: string) => ({ sid, jti: 'x', sub: 'x', iat: 0 });
