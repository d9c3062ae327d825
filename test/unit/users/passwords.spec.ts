import bcrypt from 'bcrypt';
import { BcryptPasswordHasher } from '../../../src/users/bcrypt-password.hasher.js';
import type { PasswordHasher } from '../../../src/users/password-hasher.js';
import { InMemoryUserStore } from '../../../src/users/in-memory-user.store.js';
import { Passwords } from '../../../src/users/passwords.js';
import type { UserRecord } from '../../../src/users/user-store.js';

const PASSWORD = 'gnu waxes pinky';

/** Remembers what it was asked to verify. */
class Witness extends BcryptPasswordHasher {
  readonly verified: string[] = [];

  override verify(password: string, hash: string): Promise<boolean> {
    this.verified.push(hash);
    return super.verify(password, hash);
  }
}

let hasher: Witness;
let verifier: Passwords;
let user: UserRecord;

beforeEach(async () => {
  hasher = new Witness({ cost: 4 });
  verifier = new Passwords(hasher, new InMemoryUserStore());
  await verifier.onModuleInit();
  user = {
    id: '1',
    email: 'ada@example.com',
    name: null,
    roles: [],
    permissions: [],
    passwordHash: await hasher.hash(PASSWORD),
    disabled: false,
    createdAt: new Date(),
  };
});

test('the right password of a user is correct', async () => {
  expect(await verifier.verify(user, PASSWORD)).toBe(true);
});

test('a user with an imported hash logs in', async () => {
  user.passwordHash = await bcrypt.hash(PASSWORD, 4);

  expect(await verifier.verify(user, PASSWORD)).toBe(true);
});

describe('is false, after one verification of the same cost:', () => {
  test.each<[string, () => UserRecord | null, string]>([
    ['a wrong password', () => user, 'gnu waxes pinkx'],
    ['an empty password', () => user, ''],
    ['an unknown user', () => null, PASSWORD],
    ['a user without a password', () => ({ ...user, passwordHash: null }), PASSWORD],
    ['a user with an unreadable hash', () => ({ ...user, passwordHash: '' }), PASSWORD],
    ['a disabled user with the right password', () => ({ ...user, disabled: true }), PASSWORD],
    ['a disabled user without a password', () => ({ ...user, disabled: true, passwordHash: null }), PASSWORD],
    ['an impossible password', () => null, 'x'.repeat(1_000_000)],
  ])('%s', async (_, who, password) => {
    expect(await verifier.verify(who(), password)).toBe(false);
    expect(hasher.verified).toHaveLength(1);
  });
});

test('the decoy hash for unknown users is made once, like a current hash', async () => {
  await verifier.verify(null, PASSWORD);
  await verifier.verify(null, PASSWORD);
  const [first, second] = hasher.verified;

  expect(first).toBe(second);
  expect(hasher.needsRehash(first!)).toBe(false);
});

test('a hasher that cannot hash stops the start, and causes no unhandled rejection before that', async () => {
  const broken: PasswordHasher = {
    hash: () => Promise.reject(new Error('no entropy')),
    verify: () => Promise.resolve(false),
    needsRehash: () => false,
  };
  const stillborn = new Passwords(broken, new InMemoryUserStore());
  await new Promise((resolve) => setImmediate(resolve));

  await expect(stillborn.onModuleInit()).rejects.toThrow('no entropy');
});

test('the hasher of the module hashes nothing at startup', async () => {
  const ours = new BcryptPasswordHasher({ cost: 4 });
  const passwords = new Passwords(ours, new InMemoryUserStore());
  expect(ours.load).toEqual({ active: 0, waiting: 0 });
  await passwords.onModuleInit();

  const refused = passwords.verify(null, PASSWORD);
  await Promise.resolve();
  expect(ours.load.active).toBe(1);
  expect(await refused).toBe(false);
});

describe('after a successful login', () => {
  const store = new InMemoryUserStore();

  test('a hash with another cost is replaced, and the password still works', async () => {
    const created = await store.create({
      email: 'ada@example.com',
      name: null,
      passwordHash: user.passwordHash!,
    });
    const stronger = new Passwords(new BcryptPasswordHasher({ cost: 5 }), store);
    await stronger.refreshHash(created!, PASSWORD);
    const updated = (await store.findById(created!.id))!;
    expect(updated.passwordHash).toMatch(/\$05\$/);
    expect(await stronger.verify(updated, PASSWORD)).toBe(true);
  });

  test('a hash that was replaced in the meantime is left alone', async () => {
    const created = await store.create({
      email: 'eve@example.com',
      name: null,
      passwordHash: user.passwordHash!,
    });
    await store.replacePasswordHash(created!.id, user.passwordHash!, 'another');
    const stronger = new Passwords(new BcryptPasswordHasher({ cost: 5 }), store);
    // Nobody gets the hash of a password that they do not know: proofs of devices are made of it.
    expect(await stronger.refreshHash(created!, PASSWORD)).toBe(user.passwordHash);
    expect((await store.findById(created!.id))!.passwordHash).toBe('another');
  });

  test('a hash that another login has renewed in the meantime is the one that counts', async () => {
    const created = await store.create({
      email: 'bob@example.com',
      name: null,
      passwordHash: user.passwordHash!,
    });
    const renewed = await new BcryptPasswordHasher({ cost: 5 }).hash(PASSWORD);
    await store.replacePasswordHash(created!.id, user.passwordHash!, renewed);
    const stronger = new Passwords(new BcryptPasswordHasher({ cost: 5 }), store);
    expect(await stronger.refreshHash(created!, PASSWORD)).toBe(renewed);
  });
});
