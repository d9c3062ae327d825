import bcrypt from 'bcrypt';
import { AccountImport, type ImportedAccount } from '../../../src/accounts/account-import.js';
import { AuthEvents } from '../../../src/events/auth-events.js';
import type { AuthEvent } from '../../../src/index.js';
import { BcryptPasswordHasher } from '../../../src/users/bcrypt-password.hasher.js';
import { InMemoryUserStore } from '../../../src/users/in-memory-user.store.js';
import { Passwords } from '../../../src/users/passwords.js';

const ID = '3f0e8f3e-0f7c-4a53-9b0a-2f1f6d2a9d10';

let users: InMemoryUserStore;
let imported: AuthEvent[];
let accounts: AccountImport;

beforeEach(() => {
  users = new InMemoryUserStore();
  imported = [];
  const events = new AuthEvents(Date.now, () => undefined);
  events.subscribe((event) => void imported.push(event));
  accounts = new AccountImport(users, new Passwords(new BcryptPasswordHasher({ cost: 4 }), users), events);
});

const add = (account: object, options = {}) =>
  accounts.add([account as ImportedAccount], { source: 'old', ...options });

it('takes a thousand accounts in one call, and no more', async () => {
  const many = (count: number) => Array.from({ length: count }, (_, i) => ({ email: `u${i}@example.com` }));
  await expect(accounts.add(many(1_001), { source: 'old' })).rejects.toThrow(RangeError);
  expect(imported).toEqual([]);
  const results = await accounts.add(many(1_000), { source: 'old' });
  expect(results.filter(({ outcome }) => outcome === 'added')).toHaveLength(1_000);
  expect(imported).toMatchObject([{ type: 'users-imported', imported: 1_000, source: 'old' }]);
});

it.each([
  [new Date('2020-02-29T10:00:00Z'), true],
  [new Date(1), true],
  [new Date(0), false],
  [new Date(-1), false],
  [new Date(Number.NaN), false],
  [new Date(Date.now() + 3_600_000), false],
  [undefined, false],
])('of times of creation, only the past is kept: %s', async (createdAt, isKept) => {
  const before = Date.now();
  await add({ id: ID, email: 'ada@example.com', createdAt });
  const stored = (await users.findById(ID))!.createdAt.getTime();
  const isNow = stored >= before && stored <= Date.now();
  expect({ isKept: stored === createdAt?.getTime(), isNow }).toEqual({ isKept, isNow: !isKept });
});

it.each([
  [undefined, 'none', 'there is no password hash'],
  ['', 'none', 'there is no password hash'],
  ['md5:0123', 'unusable', 'the password hash cannot be used'],
])(
  'without a hash that can be verified, such as %j, there is no password',
  async (passwordHash, note, reason) => {
    const account = { id: ID, email: 'ada@example.com', passwordHash };
    expect(await add(account, { requirePassword: true })).toEqual([{ outcome: 'refused', reason }]);
    expect(await users.findById(ID)).toBeNull();
    expect(await add(account)).toEqual([{ outcome: 'added', id: ID, notes: { password: note } }]);
    expect(await users.findById(ID)).toMatchObject({ passwordHash: null });
  },
);

it('keeps what is in order, and says what is not', async () => {
  const passwordHash = await bcrypt.hash('gnu waxes pinky', 4);
  const ada = {
    id: ID,
    email: 'Ada@Example.com',
    name: 'Ada',
    passwordHash,
    roles: ['admin'],
    disabled: true,
  };
  expect(await add(ada, { requirePassword: true })).toEqual([{ outcome: 'added', id: ID, notes: {} }]);
  expect(await users.findById(ID)).toMatchObject({ ...ada, email: 'ada@example.com' });
  expect(await add({ email: 'nobody' })).toEqual([
    { outcome: 'refused', reason: 'the email address is not valid' },
  ]);
  const [named] = await add({ email: 'bob@example.com', name: 'Bob\u202e', passwordHash });
  expect(named).toMatchObject({ outcome: 'added', notes: { name: expect.stringMatching(/^the name /) } });
  const [badRoles] = await add({ email: 'eve@example.com', roles: ['', 'a'.repeat(1_000)] });
  expect(badRoles).toMatchObject({ outcome: 'refused', reason: expect.stringMatching(/^roles\S*: \S.* \S/) });
});

it('looks up what would become of accounts, and adds none', async () => {
  await add({ id: ID, email: 'ada@example.com' });
  imported = [];
  const fates = await accounts.add(
    [
      { id: ID, email: 'ada@example.com' },
      { id: ID, email: 'other@example.com' },
      { email: 'ada@example.com' },
      { email: 'new@example.com' },
    ],
    { source: 'old', dryRun: true },
  );
  expect(fates.map(({ outcome }) => outcome)).toEqual(['present', 'taken', 'taken', 'added']);
  expect(await users.findByEmail('new@example.com')).toBeNull();
  expect(imported).toEqual([]);
});

it('the same id is another account in another source, and the same one in the same', async () => {
  const account = { id: '7', email: 'ada@example.com' };
  expect(await add(account)).toMatchObject([{ outcome: 'added' }]);
  expect(await add(account)).toMatchObject([{ outcome: 'present' }]);
  expect(await add({ ...account, email: 'bob@example.com' })).toMatchObject([{ outcome: 'taken' }]);
  expect(await add({ ...account, email: 'eve@example.com' }, { source: 'other' })).toMatchObject([
    { outcome: 'added' },
  ]);
});
