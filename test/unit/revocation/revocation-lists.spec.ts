import { DataSource } from 'typeorm';
import { authEntities, authMigrations } from '../../../src/index.js';
import { DatabaseNotifications } from '../../../src/database/notifications.js';
import { InMemoryRevocationList } from '../../../src/revocation/in-memory-revocation-list.js';
import { PostgresRevocationList } from '../../../src/revocation/postgres-revocation-list.js';
import { RevocationStore } from '../../../src/revocation/revocation.store.js';
import { describeRevocationList } from '../../contract/revocation-list.contract.js';
import { until } from '../../support/until.js';
import { createDatabase, type TestDatabase } from '../../support/postgres.js';

describeRevocationList('the list in memory', async () => {
  const list = new InMemoryRevocationList();
  return { list, other: list, now: async () => Math.floor(Date.now() / 1000) };
});

describe('the list in memory', () => {
  it('forgets entries once the tokens they concern have expired', async () => {
    let now = 1_800_000_000_000;
    const list = new InMemoryRevocationList(() => now);
    for (let i = 0; i < 1000; i++) await list.revoke([{ kind: 'session', id: `s${i}` }], 60);
    await list.revoke([{ kind: 'user', id: 'ada' }], 600);
    expect(list.size).toBe(1001);
    now += 61_000;
    await list.revoke([{ kind: 'session', id: 'later' }], 60);
    expect(list.size).toBe(2);
  });

  it('keeps an entry that is revoked again for as long as the later call says', async () => {
    let now = 1_800_000_000_000;
    const list = new InMemoryRevocationList(() => now);
    await list.revoke([{ kind: 'session', id: 's1' }], 10);
    await list.revoke([{ kind: 'session', id: 's1' }], 200);
    now += 100_000;
    await list.revoke([{ kind: 'session', id: 'other' }], 60);
    expect(list.isRevoked({ sid: 's1', jti: 'x', sub: 'x', iat: 0 })).toBe(true);
  });
});

describe('with PostgreSQL', () => {
  let database: TestDatabase;
  const sources: DataSource[] = [];
  const parts: { onModuleDestroy(): unknown }[] = [];

  beforeAll(async () => {
    database = await createDatabase();
    await (await connect()).runMigrations();
  });
  afterEach(async () => {
    for (const part of parts.splice(0)) await part.onModuleDestroy();
  });
  afterAll(async () => {
    for (const source of sources) await source.destroy();
    await database.drop();
  });

  async function connect(): Promise<DataSource> {
    const source = new DataSource({
      type: 'postgres',
      url: database.url,
      entities: [...authEntities],
      migrations: [...authMigrations],
      extra: { max: 3 },
    });
    sources.push(source);
    return source.initialize();
  }

  async function start({ maxStaleness = 60 } = {}) {
    const source = await connect();
    const notifications = new DatabaseNotifications(source);
    const settings = { maxStaleness, clock: Date.now };
    const list = new PostgresRevocationList(new RevocationStore(source, 1020), notifications, settings);
    parts.push(list, notifications);
    await list.onModuleInit();
    return { list, source, notifications };
  }

  const token = (sid: string) => ({ sid, jti: 'x', sub: 'x', iat: 0 });

  describeRevocationList('the list in PostgreSQL', async () => {
    const [one, two] = [await start(), await start()];
    const now = async () => {
      const [row] = await one.source.query('SELECT floor(extract(epoch FROM now()))::int AS now');
      return row.now as number;
    };
    return { list: one.list, other: two.list, now };
  });

  it('an instance that starts later knows what was revoked before, and not what has expired', async () => {
    const { list } = await start();
    await list.revoke([{ kind: 'session', id: 'before' }], 60);
    await list.revoke([{ kind: 'session', id: 'expired' }], 0);
    const later = await start();
    expect(later.list.isRevoked(token('before'))).toBe(true);
    expect(later.list.isRevoked(token('expired'))).toBe(false);
  });

  it('what was said while the connection was away is not missed', async () => {
    const [one, two] = [await start(), await start()];
    for (let round = 0; round < 5; round++) {
      const id = `round ${round}`;
      await one.source.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND pid <> pg_backend_pid() AND query LIKE 'LISTEN%'`,
      );
      await one.list.revoke([{ kind: 'session', id }], 60);
      const began = Date.now();
      await until(() => two.list.isRevoked(token(id)));
      expect(Date.now() - began).toBeLessThan(3000);
    }
  });

  it('a session ended in the table is revoked, even if its ender died before it said so', async () => {
    const { list, source } = await start();
    const sid = '3f0e8f3e-0f7c-4a53-9b0a-2f1f6d2a9d10';
    await source.query(
      `INSERT INTO refresh_tokens (id, user_id, current_jti, created_at, rotated_at, last_used_at, expires_at,
         absolute_expires_at, revoked_at)
       VALUES ($1, 'u', $1, now(), now(), now(), now() + interval '1 day', now() + interval '1 day', now())`,
      [sid],
    );
    await until(() => list.isRevoked(token(sid)));
    expect(list.isRevoked(token(sid))).toBe(true);
  });

  it('without the database it goes on for a while, then refuses to say that a token is good', async () => {
    const { list, source } = await start({ maxStaleness: 1 });
    await list.revoke([{ kind: 'session', id: 'revoked' }], 60);
    await source.destroy();
    sources.splice(sources.indexOf(source), 1);
    expect(list.isRevoked(token('good'))).toBe(false);
    await until(() => list.staleness > 1);
    expect(list.isRevoked(token('revoked'))).toBe(true);
    expect(() => list.isRevoked(token('good'))).toThrow(expect.objectContaining({ code: 'UNAVAILABLE' }));
  });
});
