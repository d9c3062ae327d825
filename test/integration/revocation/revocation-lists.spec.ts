import { DataSource } from 'typeorm';
import { authEntities, authMigrations } from '../../../src/index.js';
import { DatabaseNotifications } from '../../../src/database/notifications.js';
import { InMemoryRevocationList } from '../../../src/revocation/in-memory-revocation-list.js';
import { PostgresRevocationList } from '../../../src/revocation/postgres-revocation-list.js';
import { LOOK } from '../../../src/revocation/revocation-message.js';
import { RevocationStore } from '../../../src/revocation/revocation.store.js';
import { RedisRevocationList } from '../../../src/revocation/redis-revocation-list.js';
import { RevocationListWithRedis } from '../../../src/revocation/revocation-list-with-redis.js';
import { RedisConnection } from '../../../src/redis/redis-connection.js';
import { describeRevocationList } from '../../contract/revocation-list.contract.js';
import { describeWithRedis, startRedis, type TestRedis } from '../../support/redis.js';
import { until } from '../../support/until.js';
import { createMigratedDatabase, type TestDatabase } from '../../support/postgres.js';

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

const token = (sid: string) => ({ sid, jti: 'x', sub: 'x', iat: 0 });

const isUnknown = async (answer: boolean | Promise<boolean>) =>
  Promise.resolve(answer).then(
    () => false,
    () => true,
  );

describeWithRedis('with Redis', () => {
  let redis: TestRedis;
  const parts: { onModuleDestroy(): unknown }[] = [];
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterEach(async () => {
    for (const part of parts.splice(0)) await part.onModuleDestroy();
  });
  afterAll(() => redis.close());

  async function start({ maxStaleness = 60 } = {}) {
    const connection = await RedisConnection.open({ url: redis.url }, () => undefined);
    await until(() => connection.available);
    const list = new RedisRevocationList(connection, { maxStaleness, clock: Date.now });
    parts.push(list, connection);
    await list.onModuleInit();
    return list;
  }

  describeRevocationList('the list in Redis', async () => {
    const [list, other] = [await start(), await start()];
    return { list, other, now: async () => Math.floor(Date.now() / 1000), forgetAll: () => forgetAll(redis) };
  });

  it('an instance that starts later knows earlier revocations', async () => {
    const list = await start();
    const ids = Array.from({ length: 3000 }, (_, i) => `many ${i}`);
    for (let i = 0; i < ids.length; i += 200) {
      const batch = ids.slice(i, i + 200).map((id) => ({ kind: 'session' as const, id }));
      await list.revoke(batch, 60);
    }
    const later = await start();
    expect(ids.filter((id) => !later.isRevoked(token(id)))).toEqual([]);
  });

  it('an instance that starts later knows that all earlier sessions have ended', async () => {
    const list = await start();
    const now = Math.floor(Date.now() / 1000);
    await list.revoke([{ kind: 'all', id: '*', since: new Date(now * 1000 - 1) }], 60);
    const later = await start();
    const began = (seconds: number) => ({ ...token('x'), iat: now + 5, auth_time: seconds });
    expect([now - 1, now].map((seconds) => later.isRevoked(began(seconds)))).toEqual([true, false]);
    await forgetAll(redis);
  });

  it('an entry expires in Redis with the last token it concerns', async () => {
    const list = await start();
    await list.revoke([{ kind: 'session', id: 'short' }], 1);
    expect(list.isRevoked(token('short'))).toBe(true);
    const connection = await RedisConnection.open({ url: redis.url }, () => undefined);
    parts.push(connection);
    await until(() => connection.available);
    const key = '{latchkey}:revoked:session:short';
    const left = () =>
      connection.run((client) =>
        client.eval(`return redis.call('PTTL', KEYS[1])`, { keys: [key], arguments: [] }),
      );
    expect(await left()).toBeLessThanOrEqual(1000);
    await until(async () => (await left()) === -2);
  });

  it('the later of two revocations of a user takes effect, in whatever order they arrive', async () => {
    const list = await start();
    const user = (iat: number) => ({ sid: 'x', jti: 'x', sub: 'ordered', iat });
    const at = (seconds: number) => [
      { kind: 'user' as const, id: 'ordered', since: new Date(seconds * 1000) },
    ];
    const now = Math.floor(Date.now() / 1000);
    await list.share(at(now), 60);
    await list.share(at(now - 50), 60);
    const later = await start();
    expect(later.isRevoked(user(now - 10))).toBe(true);
    expect(later.isRevoked(user(now + 1))).toBe(false);
  });

  it('after a freeze, it reads Redis before it decides', async () => {
    const [one, two] = [await start(), await start()];
    await one.revoke([{ kind: 'session', id: 'meanwhile' }], 60);
    const { now } = Date;
    try {
      Date.now = () => now() + 3_600_000;
      expect(await Promise.all(['good', 'meanwhile'].map((sid) => two.isRevoked(token(sid))))).toEqual([
        false,
        true,
      ]);
    } finally {
      Date.now = now;
    }
  });

  it('after a freeze, it waits for a connection that is being made again', async () => {
    const connection = await RedisConnection.open({ url: redis.url }, () => undefined);
    const list = new RedisRevocationList(connection, { maxStaleness: 60, clock: Date.now });
    parts.push(list, connection);
    await list.onModuleInit();
    const run = connection.run.bind(connection);
    connection.run = () => Promise.reject(new Error('not connected yet'));
    setTimeout(() => (connection.run = run), 500);
    const { now } = Date;
    try {
      Date.now = () => now() + 3_600_000;
      expect(await list.isRevoked(token('good'))).toBe(false);
    } finally {
      Date.now = now;
    }
  });

  it('without Redis it works for a while, then refuses to accept tokens; afterwards, it has missed nothing', async () => {
    const [one, two] = [await start(), await start({ maxStaleness: 1 })];
    await two.revoke([{ kind: 'session', id: 'revoked' }], 60);
    await redis.kill();
    expect(two.isRevoked(token('good'))).toBe(false);
    await expect(two.revoke([{ kind: 'session', id: 'x' }], 60)).rejects.toMatchObject({
      code: 'UNAVAILABLE',
    });
    await until(async () => isUnknown(two.isRevoked(token('good'))));
    expect(two.isRevoked(token('revoked'))).toBe(true);
    await redis.restart();
    await until(() =>
      one.revoke([{ kind: 'session', id: 'after' }], 60).then(
        () => true,
        () => false,
      ),
    );
    await until(async () => {
      const answer = two.isRevoked(token('after'));
      return !(await isUnknown(answer)) && answer;
    });
  });
});

const FORGET_ALL = `DELETE FROM revocations WHERE kind = 'all'`;

async function forgetAll(redis: TestRedis): Promise<void> {
  const connection = await RedisConnection.open({ url: redis.url }, () => undefined);
  await until(() => connection.available);
  const keys = ['{latchkey}:revoked:all:*'];
  await connection.run((client) => client.eval(`return redis.call('DEL', KEYS[1])`, { keys, arguments: [] }));
  await connection.onModuleDestroy();
}

/** Counts the reads of revocations from now on. */
function countReads(source: DataSource): () => number {
  const pool = (source.driver as unknown as { master: { query(query: { text: string }): unknown } }).master;
  const query = pool.query.bind(pool);
  let reads = 0;
  pool.query = (given) => {
    if (given.text.includes('pg_current_snapshot()')) reads++;
    return query(given);
  };
  return () => reads;
}

describe('with PostgreSQL', () => {
  let database: TestDatabase;
  const sources: DataSource[] = [];
  const parts: { onModuleDestroy(): unknown }[] = [];

  beforeAll(async () => {
    database = await createMigratedDatabase();
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

  describeRevocationList('the list in PostgreSQL', async () => {
    const [one, two] = [await start(), await start()];
    const now = async () => {
      const [row] = await one.source.query('SELECT floor(extract(epoch FROM now()))::int AS now');
      return row.now as number;
    };
    return { list: one.list, other: two.list, now, forgetAll: () => one.source.query(FORGET_ALL) };
  });

  it('an instance that starts later knows earlier revocations, except expired ones', async () => {
    const { list } = await start();
    await list.revoke([{ kind: 'session', id: 'before' }], 60);
    await list.revoke([{ kind: 'session', id: 'expired' }], 0);
    const later = await start();
    expect(later.list.isRevoked(token('before'))).toBe(true);
    expect(later.list.isRevoked(token('expired'))).toBe(false);
  });

  it('revocations during a lost connection are not missed', async () => {
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

  it('a session ended in the table is revoked, even if the process that ended it died before notifying anyone', async () => {
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

  it('without the database it works for a while, then refuses to accept tokens', async () => {
    const { list, source } = await start({ maxStaleness: 1 });
    await list.revoke([{ kind: 'session', id: 'revoked' }], 60);
    await source.destroy();
    sources.splice(sources.indexOf(source), 1);
    expect(list.isRevoked(token('good'))).toBe(false);
    await until(() => list.staleness > 1);
    expect(list.isRevoked(token('revoked'))).toBe(true);
    await expect(list.isRevoked(token('good'))).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });

  it('after a freeze, one read decides about all tokens that wait', async () => {
    const { list, source } = await start();
    const other = await start();
    await other.list.revoke([{ kind: 'session', id: 'meanwhile' }], 60);
    const { now } = Date;
    try {
      Date.now = () => now() + 3_600_000;
      const reads = countReads(source);
      const answers = await Promise.all([
        list.isRevoked(token('meanwhile')),
        ...Array.from({ length: 1000 }, () => list.isRevoked(token('good'))),
      ]);
      expect(answers.filter(Boolean)).toEqual([true]);
      expect(reads()).toBe(1);
    } finally {
      Date.now = now;
    }
  });

  it('many notifications at once cause few reads, one after the other', async () => {
    class CountingStore extends RevocationStore {
      looks = 0;
      most = 0;
      private now = 0;

      override async look() {
        this.looks++;
        this.most = Math.max(this.most, ++this.now);
        await new Promise((resolve) => setTimeout(resolve, 100));
        return super.look().finally(() => this.now--);
      }
    }
    const source = await connect();
    const notifications = new DatabaseNotifications(source);
    const store = new CountingStore(source, 1020);
    const list = new PostgresRevocationList(store, notifications, { maxStaleness: 60, clock: Date.now });
    parts.push(list, notifications);
    await list.onModuleInit();
    Object.assign(store, { looks: 0, most: 0 });
    // Each in a transaction of its own: PostgreSQL would make one of them.
    for (let i = 0; i < 50; i++) await source.query('SELECT pg_notify($1, $2)', [store.channel, LOOK]);
    await until(() => store.looks > 0);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(store).toMatchObject({ most: 1 });
    // How many depends on how long it takes to send 50 notifications: each read takes a tenth of a second.
    expect(store.looks).toBeLessThan(50);
  });

  describeWithRedis('with Redis in addition', () => {
    let redis: TestRedis;
    beforeAll(async () => {
      redis = await startRedis();
    });
    afterAll(() => redis.close());

    async function startBoth() {
      const connection = await RedisConnection.open({ url: redis.url }, () => undefined);
      await until(() => connection.available);
      const source = await connect();
      const notifications = new DatabaseNotifications(source);
      const settings = { maxStaleness: 60, clock: Date.now };
      const store = new RevocationStore(source, 1020);
      const postgres = new PostgresRevocationList(store, notifications, settings);
      const list = new RevocationListWithRedis(postgres, new RedisRevocationList(connection, settings));
      parts.push(list, notifications, connection);
      await list.onModuleInit();
      return { list, source, notifications };
    }

    describeRevocationList('the two together', async () => {
      const [one, two] = [await startBoth(), await startBoth()];
      const now = async () => {
        const [row] = await one.source.query('SELECT floor(extract(epoch FROM now()))::int AS now');
        return row.now as number;
      };
      const forget = async () => {
        await one.source.query(FORGET_ALL);
        await forgetAll(redis);
      };
      return { list: one.list, other: two.list, now, forgetAll: forget };
    });

    it('with Redis flushed, killed or hanging, revocations still hold on every instance', async () => {
      const [one, two] = [await startBoth(), await startBoth()];
      await one.list.revoke([{ kind: 'session', id: 'before' }], 60);
      await redis.restart();
      expect((await startBoth()).list.isRevoked(token('before'))).toBe(true);

      await redis.kill();
      await one.list.revoke([{ kind: 'session', id: 'killed' }], 60);
      await until(() => two.list.isRevoked(token('killed')));

      await redis.restart();
      redis.process.kill('SIGSTOP');
      const began = performance.now();
      await one.list.revoke([{ kind: 'session', id: 'hanging' }], 60);
      expect(performance.now() - began).toBeLessThan(1000);
      await until(() => two.list.isRevoked(token('hanging')));
      redis.process.kill('SIGCONT');
    });

    it("Redis delivers what PostgreSQL's notifications do not", async () => {
      const [one, two] = [await startBoth(), await startBoth()];
      await until(async () => {
        await two.notifications.onModuleDestroy();
        return !two.notifications.connected;
      });
      const began = performance.now();
      for (let i = 0; i < 20; i++) {
        await one.list.revoke([{ kind: 'session', id: `carried ${i}` }], 60);
        await until(() => two.list.isRevoked(token(`carried ${i}`)));
      }
      // If it only read PostgreSQL once a second, twenty would take ten seconds.
      expect(performance.now() - began).toBeLessThan(5000);
    });
  });
});
