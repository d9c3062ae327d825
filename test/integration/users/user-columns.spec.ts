import {
  Column,
  DataSource,
  DeleteDateColumn,
  Entity,
  type EntityManager,
  ManyToOne,
  VersionColumn,
} from 'typeorm';
import { InternalError, UnavailableError } from '../../../src/errors/auth-errors.js';
import { InMemoryUserStore } from '../../../src/users/in-memory-user.store.js';
import { TypeOrmUserStore } from '../../../src/users/typeorm-user.store.js';
import { User } from '../../../src/users/user.entity.js';
import { describeRegistration } from '../../contract/registration.contract.js';
import { describeUserAdministration } from '../../contract/user-administration.contract.js';
import { describeUserStore } from '../../contract/user-store.contract.js';
import { createMigratedDatabase, type TestDatabase } from '../../support/postgres.js';

class Address {
  @Column({ nullable: true, type: 'text' })
  city: string | null;
}

@Entity('users')
class Customer extends User {
  @Column({ default: 'free', type: 'text' })
  plan: string;

  @Column({ name: 'user_name', nullable: true, unique: true, type: 'text' })
  userName: string | null;

  @Column({ type: 'jsonb', nullable: true })
  settings: { theme: string } | null;

  @Column({ type: 'int', array: true, nullable: true })
  scores: number[] | null;

  @Column({ type: 'simple-array', nullable: true })
  tags: string[] | null;

  @Column({ type: 'date', nullable: true })
  born: string | null;

  @Column({ type: 'timestamp', nullable: true })
  seenAt: Date | null;

  @Column({ type: 'bytea', nullable: true })
  key: Buffer | null;

  @Column({
    type: 'text',
    nullable: true,
    transformer: {
      to: (text?: string | null) => text && text.toUpperCase(),
      from: (text: string | null) => text && `<${text}>`,
    },
  })
  shouted: string | null;

  @Column({ type: 'text', nullable: true, select: false })
  secret: string | null;

  @Column(() => Address)
  address: Address;

  @ManyToOne('Customer', { nullable: true })
  invitedBy?: Customer;

  @VersionColumn()
  version: number;

  @DeleteDateColumn({ type: 'timestamptz' })
  deletedAt: Date | null;

  get label(): string {
    return `${this.email} (${this.plan})`;
  }
}

let database: TestDatabase;
let dataSource: DataSource;
beforeAll(async () => {
  database = await createMigratedDatabase();
  dataSource = await new DataSource({
    type: 'postgres',
    url: database.url,
    entities: [Customer],
    synchronize: true,
    poolSize: 20,
  }).initialize();
});
afterAll(async () => {
  await dataSource?.destroy();
  await database?.drop();
});

const newStore = () => new TypeOrmUserStore(dataSource, Customer);
let count = 0;
const account = (fields?: Record<string, unknown>) => ({
  email: `user${++count}@columns.example.com`,
  name: null,
  passwordHash: 'hash',
  fields,
});

describeRegistration('TypeOrmUserStore', async () => newStore());
describeRegistration('InMemoryUserStore', async () => new InMemoryUserStore());
describeUserAdministration('TypeOrmUserStore with columns of the host', async () => ourPart(newStore()));
describeUserStore('TypeOrmUserStore with columns of the host', async () => ({
  store: ourPart(newStore()),
  async change(id, { disabled, ...grants }) {
    const changes = { ...grants, disabledAt: disabled ? new Date() : null };
    await dataSource.getRepository(Customer).update({ id }, changes);
  },
}));

/** The contract compares whole records, so the columns that are not in it are left out. */
function ourPart(store: TypeOrmUserStore): TypeOrmUserStore {
  const cut = (answer: unknown): unknown => {
    if (Array.isArray(answer)) return answer.map(cut);
    if (!(answer instanceof Customer)) return answer;
    const { id, email, name, roles, permissions, passwordHash, disabled, createdAt } = answer;
    return { id, email, name, roles, permissions, passwordHash, disabled, createdAt };
  };
  return new Proxy(store, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      return async (...args: unknown[]) => cut(await value.apply(target, args));
    },
  });
}

const FIELDS = {
  plan: 'pro',
  settings: { theme: 'dark' },
  scores: [1, 2],
  tags: ['a', 'b'],
  born: '1990-02-03',
  seenAt: new Date('2026-01-02T03:04:05Z'),
  key: Buffer.from([1, 255]),
  shouted: 'hello',
  secret: 'hidden',
  address: { city: 'Berlin' },
};

describe('columns of the host', () => {
  it('are written with the user, and read as TypeORM reads them', async () => {
    const store = newStore();
    const created = (await store.create(account(FIELDS))) as Customer & { disabled: boolean };

    expect(created).toBeInstanceOf(Customer);
    expect(created).toMatchObject({ ...FIELDS, shouted: '<HELLO>', secret: undefined, version: 1 });
    expect(created.label).toBe(`${created.email} (pro)`);
    for (const found of [
      await store.findById(created.id),
      await store.findByEmail(created.email),
      (await store.list({ limit: 1, emailPart: created.email }))[0],
    ])
      expect(found).toEqual(created);
    const byTypeOrm = await dataSource.getRepository(Customer).findOneByOrFail({ id: created.id });
    expect({ ...byTypeOrm, disabled: byTypeOrm.disabled }).toEqual({ ...created });
    const secret = await dataSource.query('SELECT secret FROM users WHERE id = $1', [created.id]);
    expect(secret).toEqual([{ secret: 'hidden' }]);
  });

  it('have their defaults when a field is missing', async () => {
    expect(await newStore().create(account({ other: 1 }))).toMatchObject({ plan: 'free', settings: null });
  });

  it('are in the records of accounts that were not registered', async () => {
    const user = await newStore().create(account());
    expect(user).toMatchObject({ plan: 'free', version: 1 });
  });

  it('are copies: changing them changes no user', async () => {
    const store = newStore();
    const { id } = (await store.create(account(FIELDS)))!;
    const [one, other] = await Promise.all([store.findById(id), store.findById(id)]);
    (one as Customer).settings!.theme = 'light';
    expect(other).toMatchObject({ settings: { theme: 'dark' } });
  });

  it('name the field whose value is taken', async () => {
    const store = newStore();
    await store.create(account({ userName: 'ada' }));
    await expect(store.create(account({ userName: 'ada' }))).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
      details: [{ field: 'userName', message: 'userName is taken' }],
    });
  });

  it('for soft deletion disable the user', async () => {
    const store = newStore();
    const { id, email } = (await store.create(account()))!;
    await dataSource.getRepository(Customer).softDelete({ id });
    expect(await store.findById(id)).toMatchObject({ disabled: true });
    expect(await store.list({ limit: 2, disabled: true, emailPart: email })).toHaveLength(1);
    expect(await store.list({ limit: 2, disabled: false, emailPart: email })).toHaveLength(0);
  });
});

describe('the transaction of a registration', () => {
  it('is committed and rolled back with the user', async () => {
    const store = newStore();
    await dataSource.query('CREATE TABLE profiles (user_id uuid PRIMARY KEY REFERENCES users, note text)');
    store.onCreate(async (user, { note }, { manager }) => {
      await manager.query('INSERT INTO profiles VALUES ($1, $2)', [user.id, note]);
      if (note === 'bad') throw new Error('no');
    });
    const user = await store.create(account({ note: 'good' }));
    await expect(store.create(account({ note: 'bad' }))).rejects.toThrow('no');
    expect(await dataSource.query('SELECT * FROM profiles')).toEqual([{ user_id: user!.id, note: 'good' }]);
  });

  it('is repeated when the database undid it because of a conflict', async () => {
    const store = newStore();
    let calls = 0;
    store.onCreate(async (_user, _fields, { manager }) => {
      if (calls++ === 0) await manager.query(`DO $$ BEGIN RAISE SQLSTATE '40001'; END $$`);
    });
    expect(await store.create(account({}))).not.toBeNull();
    expect(calls).toBe(2);
  });

  it.each<[string, (manager: EntityManager, id: string) => Promise<unknown> | void]>([
    ['catches a failed statement', (manager) => manager.query('SELECT 1/0').catch(() => undefined)],
    ['sends ROLLBACK', (manager) => manager.query('ROLLBACK')],
    ['starts another transaction', (manager) => manager.query('ROLLBACK; BEGIN')],
    ['deletes the user', (manager, id) => manager.query('DELETE FROM users WHERE id = $1', [id])],
    [
      'does not wait for a statement that fails',
      (manager) => {
        const late = async () => {
          for (let turns = 0; turns < 50; turns++) await Promise.resolve();
          await manager.query('SELECT 1/0');
        };
        late().catch(() => undefined);
      },
    ],
  ])('creates nobody if the hook %s, and the error names the hook', async (_, work) => {
    const store = newStore();
    store.onCreate(({ id }, _fields, { manager }) => work(manager, id));
    const lost = account({});
    const error = await store.create(lost).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(InternalError);
    expect(String((error as Error).cause)).toContain('registration.onRegister');
    expect(await store.findByEmail(lost.email)).toBeNull();
    store.onCreate(() => undefined);
    expect(await store.create(lost)).not.toBeNull();
  });

  it('may contain one that the hook rolls back', async () => {
    const store = newStore();
    store.onCreate((_user, _fields, { manager }) =>
      manager.transaction((inner) => inner.query('SELECT 1/0')).catch(() => undefined),
    );
    const user = await store.create(account({}));
    expect(await store.findById(user!.id)).toEqual(user);
  });

  it('may change the user, who is then returned as changed', async () => {
    const store = newStore();
    store.onCreate(({ id }, _fields, { manager }) =>
      manager.update(Customer, { id }, { roles: ['owner'], plan: 'gold' }),
    );
    const user = await store.create(account({ plan: 'pro' }));
    expect(user).toBeInstanceOf(Customer);
    expect(user).toMatchObject({ roles: ['owner'], plan: 'gold' });
    expect(await store.findById(user!.id)).toEqual(user);
  });

  it('ends in bounded time when a statement of the hook hangs', async () => {
    const store = newStore();
    store.onCreate(async (_user, _fields, { manager }) => manager.query('SELECT pg_sleep(60)'));
    const waiting = account({});
    await expect(store.create(waiting)).rejects.toThrow(UnavailableError);
    expect(await store.findByEmail(waiting.email)).toBeNull();
    expect(await dataSource.query('SHOW statement_timeout')).toEqual([{ statement_timeout: '0' }]);
  }, 20_000);

  it('reports that the database is unavailable', async () => {
    const away = await new DataSource({ ...dataSource.options, synchronize: false } as never).initialize();
    const store = new TypeOrmUserStore(away, Customer);
    store.onCreate(() => undefined);
    await away.destroy();
    await expect(store.create(account({}))).rejects.toThrow(UnavailableError);
    await expect(store.findById(crypto.randomUUID())).rejects.toThrow(UnavailableError);
  });
});
