import { randomUUID } from 'node:crypto';
import type { UserRecord, UserStore } from '../../src/users/user-store.js';

type Registering = UserStore & Required<Pick<UserStore, 'onCreate'>>;

/** What every `UserStore` with `onCreate` must do. `setUp` returns a new store, which knows the field `plan`. */
export function describeRegistration(name: string, setUp: () => Promise<Registering>): void {
  describe(`${name} keeps the contract of a store with onCreate:`, () => {
    let store: Registering;
    const register = (fields?: Record<string, unknown>, email = freshEmail()) =>
      store.create({ email, name: null, passwordHash: 'hash', fields });

    beforeEach(async () => {
      store = await setUp();
    });

    test('the hook gets the new user and all fields, before anybody else sees the user', async () => {
      const calls: unknown[] = [];
      store.onCreate(async (user, fields) => {
        calls.push({ ...user }, fields, await store.findById(user.id));
      });

      const user = await register({ plan: 'pro', coupon: { code: 5 } });

      expect(calls).toEqual([{ ...user }, { plan: 'pro', coupon: { code: 5 } }, null]);
      expect(await store.findById(user!.id)).toEqual(user);
      expect(user).toMatchObject({ plan: 'pro' });
    });

    test('what the hook does to the object it gets changes no user', async () => {
      store.onCreate((user) => {
        user.roles.push('admin');
        user.createdAt.setTime(0);
        Object.assign(user, {
          id: randomUUID(),
          permissions: ['all'],
          email: 'other@example.com',
          plan: 'gold',
        });
      });
      const email = freshEmail();

      const user = await register({ plan: 'pro' }, email);

      expect(user).toMatchObject({ email, roles: [], permissions: [], plan: 'pro' });
      expect(user!.createdAt.getTime()).toBeGreaterThan(1e12);
      expect(await store.findById(user!.id)).toEqual(user);
    });

    test('a hook that fails leaves no user, and the address is free', async () => {
      const email = freshEmail();
      store.onCreate(async () => Promise.reject(new Error('no')));
      await expect(register({}, email)).rejects.toThrow('no');
      store.onCreate(() => {
        throw new Error('no either');
      });
      await expect(register({}, email)).rejects.toThrow('no either');
      expect(await store.findByEmail(email)).toBeNull();

      store.onCreate(() => undefined);
      expect(await register({}, email)).toMatchObject({ email });
    });

    test('the hook is called once for parallel registrations of one address', async () => {
      const seen: UserRecord[] = [];
      store.onCreate(async (user) => {
        await new Promise((resolve) => setImmediate(resolve));
        seen.push(user);
      });
      const email = freshEmail();

      const outcomes = await Promise.all(Array.from({ length: 8 }, () => register({}, email)));

      const created = outcomes.filter((user) => user !== null);
      expect(created).toHaveLength(1);
      expect(seen.map(({ id }) => id)).toEqual([created[0]!.id]);
    });

    test('whoever waits for an address gets it if the hook of the first one fails', async () => {
      let calls = 0;
      store.onCreate(async () => {
        await new Promise((resolve) => setImmediate(resolve));
        if (calls++ === 0) throw new Error('no');
      });
      const email = freshEmail();

      const outcomes = await Promise.allSettled([register({}, email), register({}, email)]);

      expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
      expect(await store.findByEmail(email)).not.toBeNull();
    });

    test('the hook is not called for an account that was not registered', async () => {
      store.onCreate(() => {
        throw new Error('no');
      });
      expect(await register()).not.toBeNull();
    });

    test('no field sets what Latchkey decides', async () => {
      const hostile = {
        id: randomUUID(),
        email: 'other@example.com',
        name: 'other',
        password: 'other',
        passwordHash: 'other',
        roles: ['admin'],
        permissions: ['all'],
        disabled: true,
        disabledAt: new Date(0),
        createdAt: new Date(0),
        updatedAt: new Date(0),
        constructor: 'other',
        plan: 'pro',
        ...(JSON.parse('{"__proto__":{"roles":["admin"]}}') as object),
      };
      const user = await register(hostile);

      expect(user).toMatchObject({ name: null, passwordHash: 'hash', roles: [], permissions: [] });
      expect(user).toMatchObject({ disabled: false, plan: 'pro' });
      expect(user!.id).not.toBe(hostile.id);
      expect(user!.createdAt.getTime()).toBeGreaterThan(1e12);
      expect(Object.hasOwn(user!, 'password')).toBe(false);
      expect(await store.findById(user!.id)).toEqual(user);
    });
  });
}

const freshEmail = () => `${randomUUID()}@example.com`;
