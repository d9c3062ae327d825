import { randomUUID } from 'node:crypto';
import type { UserRecord, UserStore } from '../../src/users/user-store.js';

export interface UserStoreUnderTest {
  store: UserStore;
  /** What the host's administration does to a user, past the store's own methods. */
  change(id: string, changes: Partial<Pick<UserRecord, 'roles' | 'permissions' | 'disabled'>>): Promise<void>;
}

/** What every `UserStore` must do. `setUp` is called for each test and may return the same store again. */
export function describeUserStore(name: string, setUp: () => Promise<UserStoreUnderTest>): void {
  describe(`${name} keeps the contract of a user store:`, () => {
    let store: UserStore;
    let change: UserStoreUnderTest['change'];

    beforeEach(async () => {
      ({ store, change } = await setUp());
    });

    test('a created user is found by id and by e-mail, as it was returned', async () => {
      const email = freshEmail();
      const created = await store.create({ email, name: 'Åsa', passwordHash: 'hash' });

      expect(created).toEqual({
        id: expect.any(String),
        email,
        name: 'Åsa',
        roles: [],
        permissions: [],
        passwordHash: 'hash',
        disabled: false,
        createdAt: expect.any(Date),
      });
      expect(await store.findById(created!.id)).toEqual(created);
      expect(await store.findByEmail(email)).toEqual(created);
    });

    test('a user may have no name and no password', async () => {
      const created = await store.create({ email: freshEmail(), name: null, passwordHash: null });

      expect(created).toMatchObject({ name: null, passwordHash: null });
      expect(await store.findById(created!.id)).toEqual(created);
    });

    test.each([
      ['a UUID nobody has', randomUUID()],
      ['a number', '42'],
      ['nothing', ''],
      ['no UUID', 'auth0|5f7c8ec7c33c6c004bbafe82'],
      ['SQL', "' OR 1=1 --"],
      ['a NUL', '\0'],
    ])('an unknown id (%s) is answered with null or false', async (_, id) => {
      expect(await store.findById(id)).toBeNull();
      expect(await store.replacePasswordHash(id, 'a', 'b')).toBe(false);
    });

    test('an id has one spelling only', async () => {
      const { id } = await newUser(store);
      const others = [id.toUpperCase(), `{${id}}`, id.replaceAll('-', ''), `${id} `, `${id}\n`];

      for (const other of others.filter((spelling) => spelling !== id)) {
        expect(await store.findById(other)).toBeNull();
        expect(await store.replacePasswordHash(other, 'hash', 'next')).toBe(false);
      }
    });

    test('an unknown e-mail is answered with null', async () => {
      const { email } = await newUser(store);

      expect(await store.findByEmail(freshEmail())).toBeNull();
      expect(await store.findByEmail(email.toUpperCase())).toBeNull();
      expect(await store.findByEmail('%')).toBeNull();
    });

    test('a taken e-mail creates nothing and leaves its owner alone', async () => {
      const owner = await newUser(store);

      expect(await store.create({ email: owner.email, name: 'other', passwordHash: 'other' })).toBeNull();
      expect(await store.findByEmail(owner.email)).toEqual(owner);
    });

    test('of parallel registrations of one e-mail exactly one gets the account', () => onlyOneCreates(store));

    test('the password hash is replaced when it is the expected one', async () => {
      const user = await newUser(store);
      const bystander = await newUser(store);

      expect(await store.replacePasswordHash(user.id, 'hash', 'next')).toBe(true);
      expect(await store.findById(user.id)).toEqual({ ...user, passwordHash: 'next' });
      expect(await store.findById(bystander.id)).toEqual(bystander);
    });

    test('the password hash stays when it is no longer the expected one', async () => {
      const user = await newUser(store);

      expect(await store.replacePasswordHash(user.id, 'HASH', 'next')).toBe(false);
      expect(await store.findById(user.id)).toEqual(user);
    });

    test('a user without a password gets none by a replacement', async () => {
      const user = await store.create({ email: freshEmail(), name: null, passwordHash: null });

      for (const expected of ['', 'null']) {
        expect(await store.replacePasswordHash(user!.id, expected, 'next')).toBe(false);
      }
      expect((await store.findById(user!.id))?.passwordHash).toBeNull();
    });

    test('of parallel replacements of one password hash exactly one wins', () => onlyOneReplaces(store));

    test('roles, permissions and the disabled flag are those of the moment', async () => {
      const { id, email } = await newUser(store);
      const granted = { roles: ['admin', 'a,b"{}'], permissions: ['orders:write'], disabled: true };

      await change(id, granted);
      expect(await store.findById(id)).toMatchObject(granted);
      expect(await store.findByEmail(email)).toMatchObject(granted);

      await change(id, { roles: [], disabled: false });
      expect(await store.findById(id)).toMatchObject({ ...granted, roles: [], disabled: false });
    });

    test('what is returned is a copy: changing it changes no user', async () => {
      const created = await newUser(store);
      const before = { ...created, roles: [...created.roles] };
      for (const copy of [
        created,
        await store.findById(created.id),
        await store.findByEmail(created.email),
      ]) {
        copy!.roles.push('admin');
        copy!.disabled = true;
      }
      const [one, other] = await Promise.all([store.findById(created.id), store.findById(created.id)]);
      one!.roles.push('admin');
      expect(other).toEqual(before);

      expect(await store.findById(before.id)).toEqual(before);
    });
  });
}

/** Fails for a store that looks before it inserts. */
export async function onlyOneCreates(store: UserStore): Promise<void> {
  const email = freshEmail();
  const outcomes = await Promise.all(
    Array.from({ length: 20 }, (_, i) => store.create({ email, name: `${i}`, passwordHash: 'hash' })),
  );
  const created = outcomes.filter((user) => user !== null);

  expect(created).toHaveLength(1);
  expect(await store.findByEmail(email)).toEqual(created[0]);
}

/** Fails for a store that compares before it updates. */
export async function onlyOneReplaces(store: UserStore): Promise<void> {
  const { id } = await newUser(store);
  const outcomes = await Promise.all(
    Array.from({ length: 20 }, (_, i) => store.replacePasswordHash(id, 'hash', `next ${i}`)),
  );

  expect(outcomes.filter(Boolean)).toHaveLength(1);
  expect((await store.findById(id))?.passwordHash).toBe(`next ${outcomes.indexOf(true)}`);
}

async function newUser(store: UserStore): Promise<UserRecord> {
  const user = await store.create({ email: freshEmail(), name: 'someone', passwordHash: 'hash' });
  return user!;
}

const freshEmail = () => `${randomUUID()}@example.com`;
