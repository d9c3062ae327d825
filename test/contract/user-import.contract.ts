import { randomUUID } from 'node:crypto';
import type { UserRecord, UserStore } from '../../src/users/user-store.js';

type ImportingStore = UserStore & Required<Pick<UserStore, 'addImported'>>;

/** What every `UserStore` that takes users of other systems must do. `setUp` may return the same store again. */
export function describeUserImport(name: string, setUp: () => Promise<ImportingStore>): void {
  describe(`${name} keeps the contract of a user store that takes users of other systems:`, () => {
    let store: ImportingStore;
    beforeEach(async () => {
      store = await setUp();
    });

    test('users are stored with everything they bring', async () => {
      const [full, bare] = [newcomer({ name: 'Zoë "Z" \\ O’Hara', disabled: true }), newcomer()];
      full.roles = ['admin', 'a,b"{}'];
      full.permissions = ['orders:write'];
      full.createdAt = new Date('2019-03-01T12:00:00.123Z');
      expect(await store.addImported([full, bare])).toEqual(['added', 'added']);
      expect(await store.findById(full.id)).toEqual(full);
      expect(await store.findByEmail(bare.email)).toEqual(bare);
    });

    test('nobody who is there is changed, and the fates are told apart in order', async () => {
      const user = newcomer({ name: 'first' });
      await store.addImported([user]);
      const again = { ...user, name: 'second', passwordHash: 'other', disabled: true };
      const fates = await store.addImported([
        again,
        newcomer(),
        newcomer({ email: user.email }),
        newcomer({ id: user.id }),
      ]);
      expect(fates).toEqual(['present', 'added', 'taken', 'taken']);
      expect(await store.findById(user.id)).toEqual(user);
    });

    test('repetitions in one call count as if they came one after another', async () => {
      const [a, b] = [newcomer(), newcomer()];
      const users = [a, a, newcomer({ email: a.email }), newcomer({ id: a.id }), b, { ...b, name: 'x' }];
      expect(await store.addImported(users)).toEqual([
        'added',
        'present',
        'taken',
        'taken',
        'added',
        'present',
      ]);
      expect(await store.findById(b.id)).toEqual(b);
    });

    test('of parallel imports of the same users, each user is added by exactly one', async () => {
      const users = Array.from({ length: 40 }, () => newcomer());
      const orders = [users, users.toReversed(), [...users.slice(20), ...users.slice(0, 20)]];
      const fates = (await Promise.all(orders.map((order) => store.addImported(order)))).flat();
      expect(fates.filter((fate) => fate === 'added')).toHaveLength(40);
      expect(fates.filter((fate) => fate === 'present')).toHaveLength(80);
    });

    test('no users are no work', async () => {
      expect(await store.addImported([])).toEqual([]);
    });
  });
}

function newcomer(given: Partial<UserRecord> = {}): UserRecord {
  return {
    id: randomUUID(),
    email: `${randomUUID()}@example.com`,
    name: null,
    passwordHash: '$2b$10$' + 'x'.repeat(53),
    roles: [],
    permissions: [],
    disabled: false,
    createdAt: new Date('2020-01-01T00:00:00Z'),
    ...given,
  };
}
