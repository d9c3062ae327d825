import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { authEntities, authMigrations } from '../../../src/index.js';
import { AttemptsOnFormerUsers, ExpiredAttempts } from '../../../src/users/expired-attempts.js';
import { InMemoryLoginAttempts } from '../../../src/users/in-memory-login-attempts.js';
import { InMemoryUserStore } from '../../../src/users/in-memory-user.store.js';
import { type Attempt, type Counter, ownCounter, strangersOf } from '../../../src/users/login-attempts.js';
import { PostgresLoginAttempts } from '../../../src/users/postgres-login-attempts.js';
import { describeLoginAttempts, onlyFreeOnesProceed } from '../../contract/login-attempts.contract.js';
import { createMigratedDatabase, type TestDatabase } from '../../support/postgres.js';

const policy = { freeFailures: 5, maxDelay: 900 };

describeLoginAttempts('InMemoryLoginAttempts', async (given) => {
  let now = Date.now();
  const advance = async (seconds: number) => void (now += seconds * 1_000);
  return { attempts: new InMemoryLoginAttempts(given, () => now), advance };
});

/** Reads, waits for a moment as a database would, and acts on what it read. */
class LookingFirst extends InMemoryLoginAttempts {
  private readonly seen = new Map<string, number>();

  override async begin(counter: Counter): Promise<Attempt> {
    const total = (this.seen.get(counter.key) ?? 0) + 1;
    await new Promise((resolve) => setImmediate(resolve));
    this.seen.set(counter.key, total);
    return { outcome: 'allowed', key: counter.key, failures: total, total };
  }
}

test('the contract catches a store that reads first and writes afterwards', async () => {
  await expect(onlyFreeOnesProceed(new LookingFirst(policy))).rejects.toThrow(/toEqual/);
});

describe('in PostgreSQL', () => {
  let database: TestDatabase;
  let source: DataSource;
  beforeAll(async () => {
    database = await createMigratedDatabase();
    source = await new DataSource({
      type: 'postgres',
      url: database.url,
      entities: [...authEntities],
      migrations: [...authMigrations],
    }).initialize();
  });
  afterAll(async () => {
    await source.destroy();
    await database.drop();
  });

  const advance = (seconds: number) => {
    const older = ['last_at', 'free_at', 'noticed_at'].map(
      (column) => `${column} = ${column} - make_interval(secs => ${seconds})`,
    );
    return source.query(`UPDATE login_attempts SET ${older.join(', ')}`).then(() => undefined);
  };

  describeLoginAttempts('PostgresLoginAttempts', async (given) => ({
    attempts: new PostgresLoginAttempts(source, given),
    advance,
  }));

  describe('the cleanup', () => {
    const keys = async () =>
      (await source.query(`SELECT account FROM login_attempts`)).map(
        ({ account }: { account: string }) => account,
      );
    beforeEach(() => source.query('DELETE FROM login_attempts'));

    it('forgets devices and sessions when their proofs can no longer be valid, in batches', async () => {
      const attempts = new PostgresLoginAttempts(source, policy);
      const counters = [1, 2, 3].map((i) => ownCounter('device', 'ada', `${i}`));
      for (const counter of counters) await attempts.begin(counter);
      const expired = new ExpiredAttempts(source, 180 * 86_400);
      await advance(179 * 86_400);
      expect(await expired.deleteExpired(10)).toBe(0);
      await advance(2 * 86_400);
      const strangers = strangersOf({ email: 'ada@example.com', userId: 'ada' });
      await attempts.begin(strangers);
      await advance(400 * 86_400);
      expect(await expired.countExpired()).toBe(3);
      expect([await expired.deleteExpired(2), await expired.deleteExpired(2)]).toEqual([2, 1]);
      expect(await keys()).toEqual([strangers.key]);
    });

    it('forgets strangers who tried users that are gone or have another address, and asks once a week', async () => {
      const users = new InMemoryUserStore();
      const email = `${randomUUID()}@example.com`;
      const ada = (await users.create({ email, name: null, passwordHash: 'x' }))!;
      const attempts = new PostgresLoginAttempts(source, policy);
      const kept = strangersOf({ email, userId: ada.id });
      const gone = strangersOf({ email: 'gone@example.com', userId: randomUUID() });
      const moved = strangersOf({ email: 'old@example.com', userId: ada.id });
      for (const counter of [kept, gone, moved]) await attempts.begin(counter);
      const asked: string[] = [];
      const findById = (id: string) => {
        asked.push(id);
        return users.findById(id);
      };
      const former = new AttemptsOnFormerUsers(source, { findById });
      expect(await former.deleteExpired(1_000)).toBe(0);
      expect(asked).toEqual([]); // too recent
      await advance(2 * 86_400);
      expect(await former.deleteExpired(1_000)).toBe(2);
      expect(await keys()).toEqual([kept.key]);
      asked.length = 0;
      expect(await former.deleteExpired(1_000)).toBe(0);
      expect(asked).toEqual([]);
    });
  });
});
