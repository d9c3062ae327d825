import { DataSource } from 'typeorm';
import { UnavailableError } from '../../../src/errors/auth-errors.js';
import { InMemoryUserStore } from '../../../src/users/in-memory-user.store.js';
import { TypeOrmUserStore } from '../../../src/users/typeorm-user.store.js';
import { User } from '../../../src/users/user.entity.js';
import type { NewUser, UserQuery, UserRecord } from '../../../src/users/user-store.js';
import { describeUserStore, onlyOneCreates, onlyOneReplaces } from '../../contract/user-store.contract.js';
import {
  describeUserAdministration,
  onlyOneRemoves,
  pagesHaveEverybodyOnce,
} from '../../contract/user-administration.contract.js';
import { describeUserImport } from '../../contract/user-import.contract.js';
import { createMigratedDatabase, type TestDatabase } from '../../support/postgres.js';

let database: TestDatabase;
let dataSource: DataSource;

beforeAll(async () => {
  database = await createMigratedDatabase();
  dataSource = await connect();
});

afterAll(async () => {
  await dataSource?.destroy();
  await database?.drop();
});

describeUserStore('TypeOrmUserStore', async () => ({
  store: new TypeOrmUserStore(dataSource),
  async change(id, { disabled, ...grants }) {
    await dataSource
      .getRepository(User)
      .update({ id }, { ...grants, disabledAt: disabled ? new Date() : null });
  },
}));

describeUserStore('InMemoryUserStore', async () => {
  const store = new InMemoryUserStore();
  return {
    store,
    async change(id, changes) {
      const user = await store.findById(id);
      store.put({ ...user!, ...changes });
    },
  };
});

describeUserAdministration('TypeOrmUserStore', async () => new TypeOrmUserStore(dataSource));
describeUserAdministration('InMemoryUserStore', async () => new InMemoryUserStore());
describeUserImport('TypeOrmUserStore', async () => new TypeOrmUserStore(dataSource));
describeUserImport('InMemoryUserStore', async () => new InMemoryUserStore());

describe('the race checks of the contract', () => {
  const pause = () => new Promise((resolve) => setImmediate(resolve));

  class LooksBeforeItInserts extends InMemoryUserStore {
    override async create(user: NewUser): Promise<UserRecord | null> {
      const taken = (await this.findByEmail(user.email)) !== null;
      await pause();
      if (taken) return null;
      const created: UserRecord = {
        ...user,
        id: crypto.randomUUID(),
        roles: [],
        permissions: [],
        disabled: false,
        createdAt: new Date(),
      };
      this.put(created);
      return created;
    }
  }

  class ComparesBeforeItUpdates extends InMemoryUserStore {
    override async replacePasswordHash(id: string, expected: string, next: string): Promise<boolean> {
      const user = await this.findById(id);
      await pause();
      if (user?.passwordHash !== expected) return false;
      this.put({ ...user, passwordHash: next });
      return true;
    }
  }

  class LooksBeforeItRemoves extends InMemoryUserStore {
    override async remove(id: string): Promise<boolean> {
      const there = (await this.findById(id)) !== null;
      await pause();
      await super.remove(id);
      return there;
    }
  }

  /** Pages by offset: a user removed between two pages makes the next page skip somebody. */
  class PagesByOffset extends InMemoryUserStore {
    private places = 0;

    override async list({ after, ...query }: UserQuery): Promise<UserRecord[]> {
      this.places = after === undefined ? 0 : this.places + query.limit;
      const all = await super.list({ ...query, limit: Infinity });
      return all.slice(this.places, this.places + query.limit);
    }
  }

  class ContinuesAfterExistingUsersOnly extends InMemoryUserStore {
    override async list({ after, ...query }: UserQuery): Promise<UserRecord[]> {
      if (after !== undefined && !(await this.findByEmail(after))) return [];
      return super.list({ ...query, after });
    }
  }

  test('catch a store that looks up the user before it removes it', async () => {
    await expect(onlyOneRemoves(new LooksBeforeItRemoves())).rejects.toThrow('toHaveLength');
  });

  test.each([
    ['pages by offset', new PagesByOffset()],
    ['cannot continue after a user who has been removed', new ContinuesAfterExistingUsersOnly()],
  ])('catch a store that %s', async (_, store) => {
    await expect(pagesHaveEverybodyOnce(store)).rejects.toThrow('toEqual');
  });

  test('catch a store that looks up the email address before it inserts', async () => {
    await expect(onlyOneCreates(new LooksBeforeItInserts())).rejects.toThrow('toHaveLength');
  });

  test('catch a store that compares the hash before it updates', async () => {
    await expect(onlyOneReplaces(new ComparesBeforeItUpdates())).rejects.toThrow('toHaveLength');
  });
});

describe('the users table', () => {
  test('has the names and types that the entity describes, and ids that need no database extension', async () => {
    const columns: { name: string; type: string; optional: boolean; fallback: string | null }[] =
      await dataSource.query(`
        SELECT attname AS name, format_type(atttypid, atttypmod) AS type, NOT attnotnull AS optional,
          pg_get_expr(adbin, adrelid) AS fallback
        FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
        WHERE attrelid = 'users'::regclass AND attnum > 0 ORDER BY attnum`);
    const constraints: { name: string; definition: string }[] = await dataSource.query(`
        SELECT conname AS name, pg_get_constraintdef(oid) AS definition FROM pg_constraint
        WHERE conrelid = 'users'::regclass AND contype IN ('p', 'u') ORDER BY conname`);

    expect(columns).toEqual([
      { name: 'id', type: 'uuid', optional: false, fallback: null },
      { name: 'email', type: 'character varying(254)', optional: false, fallback: null },
      { name: 'name', type: 'character varying(200)', optional: true, fallback: null },
      { name: 'password_hash', type: 'text', optional: true, fallback: null },
      { name: 'roles', type: 'text[]', optional: false, fallback: "'{}'::text[]" },
      { name: 'permissions', type: 'text[]', optional: false, fallback: "'{}'::text[]" },
      { name: 'disabled_at', type: 'timestamp with time zone', optional: true, fallback: null },
      { name: 'created_at', type: 'timestamp with time zone', optional: false, fallback: 'now()' },
      { name: 'updated_at', type: 'timestamp with time zone', optional: false, fallback: 'now()' },
    ]);
    expect(constraints).toEqual([
      { name: 'users_email_key', definition: 'UNIQUE (email)' },
      { name: 'users_pkey', definition: 'PRIMARY KEY (id)' },
    ]);
  });

  test('leaves nothing to do for a generated migration', async () => {
    const { upQueries } = await dataSource.driver.createSchemaBuilder().log();

    expect(upQueries).toEqual([]);
  });

  test('records when a password hash was replaced', async () => {
    const store = new TypeOrmUserStore(dataSource);
    const user = await store.create({ email: 'noted@example.com', name: null, passwordHash: 'hash' });
    await dataSource.query(`UPDATE users SET updated_at = '2020-01-01Z' WHERE id = $1`, [user!.id]);

    await store.replacePasswordHash(user!.id, 'hash', 'next');

    const { updatedAt } = await dataSource.getRepository(User).findOneByOrFail({ id: user!.id });
    expect(updatedAt.getFullYear()).toBeGreaterThan(2020);
  });
});

test('every method of TypeOrmUserStore reports that the database is unavailable', async () => {
  const away = await connect();
  const store = new TypeOrmUserStore(away);
  await away.destroy();
  const id = crypto.randomUUID();

  for (const call of [
    () => store.findById(id),
    () => store.findByEmail('a@example.com'),
    () => store.create({ email: 'a@example.com', name: null, passwordHash: null }),
    () => store.replacePasswordHash(id, 'a', 'b'),
    () => store.setDisabled(id, true),
    () => store.setAccess(id, { roles: [], permissions: [] }),
    () => store.remove(id),
    () => store.list({ limit: 1 }),
  ]) {
    await expect(call()).rejects.toThrow(UnavailableError);
  }
});

function connect(): Promise<DataSource> {
  return new DataSource({
    type: 'postgres',
    url: database.url,
    entities: [User],
    synchronize: true,
    poolSize: 20,
  }).initialize();
}
