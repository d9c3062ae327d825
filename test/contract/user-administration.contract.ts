import { randomUUID } from 'node:crypto';
import type { UserAdministration, UserRecord, UserStore } from '../../src/users/user-store.js';

type AdministrableStore = UserStore & UserAdministration;

/** What every `UserStore` with the optional methods must do. `setUp` may return the same store again. */
export function describeUserAdministration(name: string, setUp: () => Promise<AdministrableStore>): void {
  describe(`${name} keeps the contract of a user store that can be administered:`, () => {
    let store: AdministrableStore;
    beforeEach(async () => {
      store = await setUp();
    });

    test('a user may be created with roles and permissions', async () => {
      const email = freshEmail();
      const access = { roles: ['admin', 'a,b"{}'], permissions: ['orders:write'] };
      const created = await store.create({ email, name: null, passwordHash: null, ...access });

      expect(created).toMatchObject(access);
      expect(await store.findByEmail(email)).toEqual(created);
    });

    test('roles and permissions are replaced as a whole', async () => {
      const user = await newUser(store, { roles: ['a', 'b'], permissions: ['c'] });
      const bystander = await newUser(store, { roles: ['a'] });

      expect(await store.setAccess(user.id, { roles: ['b'], permissions: [] })).toBe(true);
      expect(await store.findById(user.id)).toEqual({ ...user, roles: ['b'], permissions: [] });
      expect(await store.findById(bystander.id)).toEqual(bystander);
    });

    test('a user is disabled and enabled; repeating it changes nothing', async () => {
      const user = await newUser(store, { roles: ['a'] });

      for (const disabled of [true, true, false, false]) {
        expect(await store.setDisabled(user.id, disabled)).toBe(true);
        expect(await store.findById(user.id)).toEqual({ ...user, disabled });
      }
    });

    test('a removed user is gone, and the address is free', async () => {
      const user = await newUser(store);
      const bystander = await newUser(store);

      expect(await store.remove(user.id)).toBe(true);
      expect(await store.findById(user.id)).toBeNull();
      expect(await store.findByEmail(user.email)).toBeNull();
      expect(await store.findById(bystander.id)).toEqual(bystander);
      expect(await store.remove(user.id)).toBe(false);
      const next = await newUser(store, { email: user.email });
      expect(next.id).not.toBe(user.id);
    });

    test('of parallel removals exactly one removes', () => onlyOneRemoves(store));

    test.each([
      ['a UUID nobody has', randomUUID()],
      ['nothing', ''],
      ['no UUID', 'auth0|5f7c8ec7c33c6c004bbafe82'],
      ['a NUL', '\0'],
    ])('an unknown id (%s) is answered with false', async (_, id) => {
      expect(await store.setDisabled(id, true)).toBe(false);
      expect(await store.setAccess(id, { roles: [], permissions: [] })).toBe(false);
      expect(await store.remove(id)).toBe(false);
    });

    test('users are listed as they are', async () => {
      const user = await newUser(store, { roles: ['a'], permissions: ['b'] });

      expect(await store.list({ limit: 5, emailPart: user.email })).toEqual([user]);
    });

    test('the list has those whose address contains a text, in which every character stands for itself', async () => {
      const tag = freshTag();
      const [first, second] = [`${tag}_x%y@example.com`, `${tag}axby@example.com`];
      for (const email of [first, second]) await newUser(store, { email });
      const found = async (emailPart: string) =>
        (await store.list({ limit: 5, emailPart })).map(({ email }) => email);

      expect(await found(`${tag}_x%`)).toEqual([first]);
      expect(await found(`${tag}a`)).toEqual([second]);
      expect(await found(`${tag}\\`)).toEqual([]);
      expect((await found(tag)).toSorted()).toEqual([first, second].toSorted());
    });

    test('the list can be of those who are disabled, or are not', async () => {
      const emailPart = freshTag();
      const on = await newUser(store, { email: `${emailPart}on@example.com` });
      const off = await newUser(store, { email: `${emailPart}off@example.com` });
      await store.setDisabled(off.id, true);

      expect(await store.list({ limit: 5, emailPart, disabled: true })).toEqual([{ ...off, disabled: true }]);
      expect(await store.list({ limit: 5, emailPart, disabled: false })).toEqual([on]);
    });

    test('what is listed is a copy', async () => {
      const user = await newUser(store);
      const [listed] = await store.list({ limit: 1, emailPart: user.email });
      listed!.roles.push('admin');

      expect(await store.findById(user.id)).toEqual(user);
    });

    test('pages have everybody once', () => pagesHaveEverybodyOnce(store));
  });
}

/** Fails for a store that looks before it deletes. */
export async function onlyOneRemoves(store: AdministrableStore): Promise<void> {
  const { id } = await newUser(store);
  const outcomes = await Promise.all(Array.from({ length: 20 }, () => store.remove(id)));

  expect(outcomes.filter(Boolean)).toHaveLength(1);
}

/** Fails for a store that counts off the pages before, or that cannot begin after somebody who is gone. */
export async function pagesHaveEverybodyOnce(store: AdministrableStore): Promise<void> {
  const emailPart = freshTag();
  // A dash and a digit: where collations differ.
  const locals = ['a', 'a-b', 'ab', 'a.b', 'b1', 'b10', 'b2', 'z'];
  for (const local of locals) await newUser(store, { email: `${local}.${emailPart}@example.com` });
  const seen: string[] = [];
  for (let after: string | undefined; ;) {
    const page = await store.list({ limit: 3, after, emailPart });
    seen.push(...page.map(({ email }) => email.split('.' + emailPart)[0]!));
    if (page.length < 3) break;
    after = page.at(-1)!.email;
    // The last one seen and one from the first page are gone when the next page is asked for.
    await store.remove(page.at(-1)!.id);
    await store.remove((await store.list({ limit: 1, emailPart }))[0]!.id);
  }
  expect(seen.toSorted()).toEqual(locals.toSorted());
}

async function newUser(store: UserStore, user: Partial<UserRecord> = {}): Promise<UserRecord> {
  const created = await store.create({ email: freshEmail(), name: 'someone', passwordHash: 'hash', ...user });
  return created!;
}

const freshTag = () => randomUUID().replaceAll('-', '');
const freshEmail = () => `${randomUUID()}@example.com`;
