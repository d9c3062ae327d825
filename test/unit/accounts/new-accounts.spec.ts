import { NewAccounts } from '../../../src/accounts/new-accounts.js';
import { BcryptPasswordHasher } from '../../../src/users/bcrypt-password.hasher.js';
import { InMemoryUserStore } from '../../../src/users/in-memory-user.store.js';
import { PasswordPolicy } from '../../../src/users/password-policy.js';
import { Passwords } from '../../../src/users/passwords.js';

const PASSWORD = 'gnu waxes pinky';

let users: InMemoryUserStore;
let reserved: string | undefined;
let accounts: NewAccounts;

beforeEach(() => {
  users = new InMemoryUserStore();
  reserved = undefined;
  accounts = new NewAccounts(
    users,
    new Passwords(new BcryptPasswordHasher({ cost: 4 }), users),
    new PasswordPolicy({ minLength: 8, serviceName: 'Latchkey' }),
    { isReserved: async (email) => email === reserved },
  );
});

const refused = (field: string, message: string | RegExp) =>
  expect.objectContaining({
    code: 'VALIDATION_FAILED',
    details: [{ field, message: typeof message === 'string' ? message : expect.stringMatching(message) }],
  });

it('stores an address in lower case, and no name as null', async () => {
  const { id } = await accounts.add({ email: 'Ada@Example.COM', password: PASSWORD });
  expect(await users.findById(id)).toMatchObject({ email: 'ada@example.com', name: null, disabled: false });
});

it('gives no roles or permissions that were not asked for, and exactly those that were', async () => {
  const plain = await accounts.add({ email: 'ada@example.com', password: PASSWORD });
  expect(plain).toMatchObject({ roles: [], permissions: [] });
  const access = { roles: ['admin'], permissions: ['users:read'] };
  const admin = await accounts.add({ email: 'bob@example.com', password: PASSWORD }, access);
  expect(await users.findById(admin.id)).toMatchObject(access);
});

it('takes no access from what a client sent', async () => {
  const sent = { email: 'ada@example.com', password: PASSWORD, roles: ['admin'], permissions: ['*'] };
  expect(await accounts.add(sent)).toMatchObject({ roles: [], permissions: [] });
});

it('keeps further fields', async () => {
  const user = await accounts.add(
    { email: 'ada@example.com', password: PASSWORD },
    { fields: { locale: 'de' } },
  );
  expect(await users.findById(user.id)).toMatchObject({ locale: 'de' });
});

it('an address that is taken, or reserved for its former owner, makes no account', async () => {
  const taken = expect.objectContaining({ code: 'EMAIL_TAKEN' });
  await accounts.add({ email: 'ada@example.com', password: PASSWORD });
  await expect(accounts.add({ email: 'ADA@example.com', password: PASSWORD })).rejects.toEqual(taken);
  reserved = 'bob@example.com';
  await expect(accounts.add({ email: 'Bob@example.com', password: PASSWORD })).rejects.toEqual(taken);
  expect(await users.findByEmail('bob@example.com')).toBeNull();
});

it.each([
  ['email', { email: 'ada' }, 'email must be an email address, such as ada@example.com'],
  ['name', { name: ' ' }, /^name /],
  ['name', { name: 'Ada\u202e' }, /^name /],
  ['password', { password: 'short' }, 'Use at least 8 characters.'],
  ['password', { name: 'Theodora Papadopoulou', password: 'theodorapapadopoulou' }, /the display name/],
])('refuses what is wrong with %s: %j', async (field, wrong, message) => {
  const registration = { email: 'ada@example.com', password: PASSWORD, ...wrong };
  await expect(accounts.add(registration)).rejects.toEqual(refused(field, message));
  expect(await users.findByEmail('ada@example.com')).toBeNull();
});
