import { DataSource } from 'typeorm';
import { authEntities, authMigrations } from '../../src/index.js';
import type { PasskeyStore } from '../../src/passkeys/passkey-store.js';
import { PostgresPasskeyStore } from '../../src/passkeys/postgres-passkey.store.js';
import { InMemoryPasskeyStore, passkeyStoreContract } from '../../src/testing/index.js';
import { createMigratedDatabase, type TestDatabase } from '../support/postgres.js';

const RULES = Object.entries(passkeyStoreContract);

describe('in PostgreSQL', () => {
  let database: TestDatabase;
  let source: DataSource;
  beforeAll(async () => {
    database = await createMigratedDatabase();
    source = new DataSource({
      type: 'postgres',
      url: database.url,
      entities: [...authEntities],
      migrations: [...authMigrations],
      migrationsRun: true,
    });
    await source.initialize();
  });
  afterAll(async () => {
    await source?.destroy();
    await database?.drop();
  });

  it.each(RULES)('%s', async (_, rule) => {
    await expect(rule({ passkeys: new PostgresPasskeyStore(source) })).resolves.toBeUndefined();
  });

  it('in a transaction that is rolled back, a passkey is not added', async () => {
    const store = new PostgresPasskeyStore(source);
    const before = await count();
    const rolledBack = source.transaction(async (manager) => {
      const rule = passkeyStoreContract['passkeys are listed by account, the oldest first']!;
      await rule({ passkeys: store.within(manager) });
      throw new Error('rolled back');
    });
    await expect(rolledBack).rejects.toThrow('rolled back');
    expect(await count()).toBe(before);
  });

  const count = async () => (await source.query(`SELECT 1 FROM auth_passkeys`)).length as number;
});

describe('in memory', () => {
  it.each(RULES)('%s', async (_, rule) => {
    await expect(rule({ passkeys: new InMemoryPasskeyStore() })).resolves.toBeUndefined();
  });
});

describe('the contract notices a store', () => {
  const failuresOf = async (broken: (store: PasskeyStore) => Partial<PasskeyStore>) => {
    const failures: string[] = [];
    for (const [name, rule] of RULES) {
      const store = new InMemoryPasskeyStore();
      const passkeys = Object.assign(Object.create(store) as PasskeyStore, broken(store));
      await rule({ passkeys }).catch(() => failures.push(name));
    }
    return failures;
  };

  it.each<[string, (store: PasskeyStore) => Partial<PasskeyStore>, string]>([
    [
      'that takes every counter',
      () => ({ use: async () => 'used' }),
      'a counter must rise, unless it stays 0',
    ],
    [
      'that suspends again and again',
      (store) => ({ suspend: async (id) => (await store.suspend(id), true) }),
      'a passkey is suspended once, and is then of no use',
    ],
  ])('%s', async (_, broken, rule) => {
    expect(await failuresOf(broken)).toContain(rule);
  });
});
