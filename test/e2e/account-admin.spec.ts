import type { Type } from '@nestjs/common';
import {
  AccountAdmin,
  AuditTrail,
  EmailTakenError,
  type NewUser,
  TokensService,
  type UserRecord,
  UserStore,
  ValidationFailedError,
} from '../../src/index.js';
import { InMemoryUserStore } from '../../src/testing/index.js';
import { newEmail, PASSWORD } from '../support/client.js';
import { type Host, startHost } from '../support/host-app.js';

const NOBODY = '00000000-0000-4000-8000-000000000000';

const STORES: [string, Type<UserStore> | undefined][] = [
  ['the users table', undefined],
  ['a user store of the host', InMemoryUserStore],
];

describe.each(STORES)('AccountAdmin on %s', (_, userStore) => {
  let host: Host;
  let admin: AccountAdmin;
  beforeAll(async () => {
    const accountProtection = { maxFailures: 3, freeFailures: 100 };
    host = await startHost({ options: { accountProtection }, parts: { userStore } });
    admin = host.app.get(AccountAdmin);
  });
  afterAll(() => host.close());

  const login = (email: string, password = PASSWORD) => host.client.post('/auth/login', { email, password });
  const refresh = ({ refreshToken }: { refreshToken: string }) =>
    host.client.post('/auth/refresh', { refreshToken });
  const create = (about: Partial<NewUser> = {}) =>
    admin.create({ email: newEmail(), password: PASSWORD, ...about });
  /** Tries wrong passwords until the right one opens nothing. */
  const turnPasswordOff = async (email: string) => {
    for (let i = 0; i < 3; i++) expect((await login(email, 'not the sentence of anyone')).status).toBe(401);
    expect((await login(email)).status).toBe(401);
  };
  const eventsOf = async (id: string): Promise<string[]> => {
    await host.app.get(AuditTrail).flush();
    const rows = await host.database.query('SELECT type FROM auth_events WHERE user_id = $1 ORDER BY id', [
      id,
    ]);
    return rows.map(({ type }: { type: string }) => type);
  };

  describe('create', () => {
    it('makes an account with roles and permissions that can log in', async () => {
      const email = newEmail();
      const account = await create({ email, name: 'Ada', roles: ['admin', 'admin'], permissions: ['a:b'] });
      expect(account).toEqual({
        id: expect.any(String),
        email,
        name: 'Ada',
        roles: ['admin'],
        permissions: ['a:b'],
        disabled: false,
        createdAt: expect.any(Date),
        hasPassword: true,
        passwordOff: false,
        slowedBy: [],
      });
      expect((await login(email)).body.user).toMatchObject({ name: 'Ada', roles: ['admin'] });
      expect(await eventsOf(account.id)).toEqual(['registered', 'logged-in']);
    });

    it.each([
      ['an address that is none', 'email', { email: 'nobody' }],
      ['a weak password', 'password', { password: 'short' }],
      ['a name with a control character', 'name', { name: 'Ada\u0007' }],
      ['a name that is too long', 'name', { name: 'a'.repeat(201) }],
      ['a name of blanks', 'name', { name: ' \u00a0' }],
      ['a name that reverses what follows', 'name', { name: 'Ada \u202ecod.exe' }],
      ['a password of keys in a row', 'password', { password: 'qwertyuiopasdfghjkl' }],
      ['the name as the password', 'password', { name: 'Augusta King', password: 'augusta king 1815' }],
      ['an empty role', 'roles', { roles: [''] }],
      ['a role with a space', 'roles', { roles: ['good', 'shop owner'] }],
      ['a permission with a line break', 'permissions', { permissions: ['a\nb'] }],
      ['a role that is not Unicode', 'roles', { roles: ['a\ud800'] }],
    ])('refuses %s and says so of the field', async (_, field, about) => {
      const account = { email: newEmail(), password: PASSWORD, ...about };
      const error = await admin.create(account).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(ValidationFailedError);
      expect((error as ValidationFailedError).details).toEqual([{ field, message: expect.any(String) }]);
      expect(await admin.find(account.email)).toBeNull();
    });

    it('makes one account of parallel calls for one address', async () => {
      const email = newEmail();
      const made = await Promise.allSettled(Array.from({ length: 5 }, () => create({ email })));
      const refused = made.filter((outcome) => outcome.status === 'rejected');
      expect(refused).toHaveLength(4);
      for (const { reason } of refused) expect(reason).toBeInstanceOf(EmailTakenError);
    });
  });

  it('finds an account by its id and by its address, in any spelling of it', async () => {
    const account = await create();
    expect(await admin.find(account.id)).toEqual(account);
    expect(await admin.find(account.email.toUpperCase())).toEqual(account);
    for (const nobody of [NOBODY, newEmail(), '', 'nobody', '\0'])
      expect(await admin.find(nobody)).toBeNull();
  });

  describe('disable and enable', () => {
    it('end every session and access token, and let in again without them', async () => {
      const { id, email } = await create();
      const { body } = await login(email);
      expect(await admin.disable(id)).toBe(true);
      expect((await login(email)).status).toBe(401);
      expect((await refresh(body)).body.error).toBe('TOKEN_REVOKED');
      expect((await host.client.get('/orders', { token: body.accessToken })).body.error).toBe(
        'TOKEN_REVOKED',
      );
      expect(await admin.find(id)).toMatchObject({ disabled: true });

      expect(await admin.enable(id)).toBe(true);
      expect((await refresh(body)).body.error).toBe('TOKEN_REVOKED');
      expect((await login(email)).status).toBe(200);
      expect(await eventsOf(id)).toEqual(expect.arrayContaining(['user-disabled', 'user-enabled']));
    });

    it('turn a password on again that was off', async () => {
      const { id, email } = await create();
      await turnPasswordOff(email);
      expect(await admin.find(id)).toMatchObject({ passwordOff: true, disabled: false });
      await admin.enable(id);
      expect(await admin.find(id)).toMatchObject({ passwordOff: false });
      expect((await login(email)).status).toBe(200);
    });

    it('leave no live session of logins made meanwhile', async () => {
      for (let round = 0; round < 5; round++) {
        const { id, email } = await create();
        const logins = Array.from({ length: 12 }, () => login(email));
        await Promise.race(logins.slice(0, 1 + round));
        const disabled = admin.disable(id);
        const late = Array.from({ length: 4 }, () => login(email));
        await Promise.all([disabled, ...logins, ...late]);
        expect(await admin.sessionsOf(id)).toEqual([]);
        const begun = (await Promise.all([...logins, ...late])).filter(({ status }) => status === 200);
        for (const { body } of begun) expect((await refresh(body)).body.error).toBe('TOKEN_REVOKED');
      }
    });

    it('hold for a login that had checked the password before and goes on after', async () => {
      const { id, email } = await create();
      const store = host.app.get<UserStore>(UserStore);
      const { findByEmail } = store;
      let goOn = () => {};
      const reached = new Promise<void>((resolve) => {
        store.findByEmail = async (address: string): Promise<UserRecord | null> => {
          const user = await findByEmail.call(store, address);
          resolve();
          await new Promise<void>((released) => (goOn = released));
          return user;
        };
      });
      const pending = login(email);
      await reached;
      store.findByEmail = findByEmail;
      await admin.disable(id);
      goOn();
      expect((await pending).status).toBe(401);
      expect(await admin.sessionsOf(id)).toEqual([]);
    });
  });

  it('sets roles and permissions, which a session gets at its next refresh', async () => {
    const { id, email } = await create({ roles: ['admin'], permissions: ['a:b'] });
    const { body } = await login(email);
    expect(await admin.setRoles(id, { roles: ['owner'], permissions: [] })).toBe(true);
    expect(await admin.find(id)).toMatchObject({ roles: ['owner'], permissions: [] });
    const { body: next } = await refresh(body);
    const { body: orders } = await host.client.get('/orders', { token: next.accessToken });
    expect(orders.user).toMatchObject({ roles: ['owner'], permissions: [] });
    expect(await eventsOf(id)).toContain('access-changed');
    await expect(admin.setRoles(id, { roles: ['a b'], permissions: [] })).rejects.toThrow(
      ValidationFailedError,
    );
  });

  it('refuses more roles and permissions than a token has room for', async () => {
    const { id, email } = await create({ roles: ['owner'] });
    const long = (count: number) => Array.from({ length: count }, (_, i) => `role-${i}-${'x'.repeat(80)}`);
    for (const access of [
      { roles: long(120), permissions: [] },
      { roles: [], permissions: long(120) },
      { roles: long(20), permissions: long(20) },
      { roles: [], permissions: Array.from({ length: 20 }, (_, i) => `${i}${'語'.repeat(60)}`) },
    ]) {
      await expect(admin.setRoles(id, access)).rejects.toThrow(ValidationFailedError);
      await expect(create(access)).rejects.toThrow(ValidationFailedError);
    }
    expect(await admin.find(id)).toMatchObject({ roles: ['owner'], permissions: [] });
    expect(await admin.setRoles(id, { roles: long(30), permissions: [] })).toBe(true);
    expect((await login(email)).status).toBe(200);
  });

  it('shows sessions and ends one of them, or all', async () => {
    const [account, other] = [await create(), await create()];
    const bodies = [];
    for (let i = 0; i < 3; i++) bodies.push((await login(account.email)).body);
    const sessions = (await admin.sessionsOf(account.id))!;
    expect(sessions).toHaveLength(3);

    expect(await admin.endSessions(other.id, sessions[0]!.id)).toBe(false);
    expect(await admin.endSessions(account.id, 'nonsense')).toBe(false);
    expect(await admin.endSessions(account.id, sessions[0]!.id.toUpperCase())).toBe(true);
    expect(await admin.sessionsOf(account.id)).toEqual(sessions.slice(1));

    expect(await admin.endSessions(account.id)).toBe(true);
    expect(await admin.sessionsOf(account.id)).toEqual([]);
    for (const body of bodies) {
      expect((await refresh(body)).body.error).toBe('TOKEN_REVOKED');
      expect((await host.client.get('/orders', { token: body.accessToken })).body.error).toBe(
        'TOKEN_REVOKED',
      );
    }
    expect((await login(account.email)).status).toBe(200);
  });

  describe('remove', () => {
    it('ends all sessions and deletes the account; its events stay', async () => {
      const { id, email } = await create();
      const { body } = await login(email);
      expect(await admin.remove(id)).toBe(true);
      expect(await admin.find(id)).toBeNull();
      expect((await refresh(body)).body.error).toBe('TOKEN_REVOKED');
      expect((await host.client.get('/orders', { token: body.accessToken })).body.error).toBe(
        'TOKEN_REVOKED',
      );
      expect((await login(email)).status).toBe(401);
      const kept = ['registered', 'logged-in', 'user-disabled', 'user-removed'];
      expect(await eventsOf(id)).toEqual(expect.arrayContaining(kept));
      expect((await create({ email })).id).not.toBe(id);
    });

    it('forgets the failures of the account', async () => {
      const { id, email } = await create();
      await turnPasswordOff(email);
      await admin.remove(id);
      const rows = await host.database.query('SELECT 1 FROM login_attempts WHERE user_id = $1', [id]);
      expect(rows).toEqual([]);
    });

    it('is done by one of parallel calls, and leaves no session of logins made meanwhile', async () => {
      const { id, email } = await create();
      const logins = Array.from({ length: 12 }, () => login(email));
      await logins[0];
      const removed = await Promise.all([1, 2, 3].map(() => admin.remove(id)));
      expect(removed.filter(Boolean)).toHaveLength(1);
      await Promise.all(logins);
      expect(await host.app.get(TokensService).sessionsOf(id)).toEqual([]);
    });

    it('leaves the account disabled and without sessions where deleting fails, and can be called again', async () => {
      const { id, email } = await create();
      await login(email);
      const store = host.app.get<InMemoryUserStore>(UserStore);
      store.remove = () => Promise.reject(new Error('the disk is full'));
      await expect(admin.remove(id)).rejects.toThrow('the disk is full');
      delete (store as Partial<InMemoryUserStore>).remove; // the method of its class again
      expect(await admin.find(id)).toMatchObject({ disabled: true });
      expect(await admin.sessionsOf(id)).toEqual([]);
      expect(await admin.remove(id)).toBe(true);
    });
  });

  it('answers an id nobody has with false', async () => {
    for (const id of [NOBODY, '', 'nobody', '\0']) {
      expect(await admin.disable(id)).toBe(false);
      expect(await admin.enable(id)).toBe(false);
      expect(await admin.setRoles(id, { roles: [], permissions: [] })).toBe(false);
      expect(await admin.sessionsOf(id)).toBeNull();
      expect(await admin.endSessions(id)).toBe(false);
      expect(await admin.remove(id)).toBe(false);
    }
  });

  describe('list', () => {
    const emails: string[] = [];
    beforeAll(async () => {
      for (let i = 0; i < 7; i++) emails.push((await create({ email: `p${i}.page@example.com` })).email);
    });
    /** Every account that pages of two find. */
    const pages = async (query: Parameters<AccountAdmin['list']>[0]) => {
      const found: string[] = [];
      let cursor: string | undefined;
      do {
        const { items, nextCursor } = await admin.list({ ...query, limit: 2, cursor });
        expect(items.length).toBe(nextCursor ? 2 : Math.min(items.length, 2));
        found.push(...items.map(({ email }) => email));
        cursor = nextCursor ?? undefined;
      } while (cursor);
      return found;
    };

    it('has everybody once, by pages', async () => {
      expect(await pages({ email: '.PAGE' })).toEqual(emails);
      expect(await admin.list({ email: '.page', limit: 7 })).toMatchObject({ nextCursor: null });
      const [first] = (await admin.list({ email: emails[0] })).items;
      expect(first).toEqual(await admin.find(emails[0]!));
    });

    it('goes on after somebody who is gone', async () => {
      const query = { email: '.page', limit: 2 };
      const { items, nextCursor } = await admin.list(query);
      const last = items[1]!;
      await admin.remove(last.id);
      const { items: next } = await admin.list({ ...query, cursor: nextCursor! });
      expect(next.map(({ email }) => email)).toEqual(emails.slice(2, 4));
      await create({ email: last.email });
    });

    it('can be of those who are disabled', async () => {
      const [account] = (await admin.list({ email: emails[3] })).items;
      await admin.disable(account!.id);
      expect(await pages({ email: '.page', disabled: true })).toEqual([emails[3]]);
      expect(await pages({ email: '.page', disabled: false })).toHaveLength(6);
      await admin.enable(account!.id);
    });

    it('can be of those whose password is off', async () => {
      const locked = [emails[1]!, emails[4]!, emails[5]!];
      for (const email of locked) await turnPasswordOff(email);
      await host.client.post('/auth/login', { email: emails[0], password: 'one failure is not enough' });
      // Nobody has this address any more: it is not a locked account.
      const gone = await create();
      await turnPasswordOff(gone.email);
      await host.database.query('UPDATE login_attempts SET user_id = $1 WHERE user_id = $2', [
        NOBODY,
        gone.id,
      ]);

      expect((await pages({ locked: true, email: '.page' })).toSorted()).toEqual(locked);
      expect(await pages({ locked: true, email: emails[4] })).toEqual([emails[4]]);
      const { items } = await admin.list({ email: '.page' });
      expect(items.filter(({ passwordOff }) => passwordOff).map(({ email }) => email)).toEqual(locked);

      const disabled = items.find(({ email }) => email === emails[5])!;
      await admin.disable(disabled.id);
      expect(await pages({ locked: true, email: '.page', disabled: true })).toEqual([emails[5]]);
      await admin.enable(disabled.id);
      expect((await pages({ locked: true, email: '.page' })).toSorted()).toEqual(locked.slice(0, 2));
    });

    it.each([
      ['limit', { limit: 0 }],
      ['limit', { limit: 201 }],
      ['limit', { limit: NaN }],
      ['cursor', { cursor: 'nonsense' }],
      ['email', { email: 'a\0' }],
    ])('refuses a %s that cannot be', async (field, query) => {
      await expect(admin.list(query)).rejects.toMatchObject({ details: [{ field }] });
    });
  });
});

describe('AccountAdmin on a user store without methods for administration', () => {
  class CustomerStore implements UserStore {
    private readonly customers = new InMemoryUserStore();
    findById = (id: string) => this.customers.findById(id);
    findByEmail = (email: string) => this.customers.findByEmail(email);
    create(user: NewUser) {
      return this.customers.create(user);
    }
    replacePasswordHash = (id: string, expected: string, next: string) =>
      this.customers.replacePasswordHash(id, expected, next);
  }

  it('does what needs none, and names the method that is missing', async () => {
    const host = await startHost({ parts: { userStore: CustomerStore } });
    try {
      const admin = host.app.get(AccountAdmin);
      const account = { email: newEmail(), password: PASSWORD };
      const { id } = await admin.create(account);
      expect(await admin.find(account.email)).toMatchObject({ id });
      await host.client.post('/auth/login', account);
      expect(await admin.endSessions(id)).toBe(true);
      expect(await admin.list({ locked: true })).toEqual({ items: [], nextCursor: null });

      for (const [name, call] of [
        ['setDisabled', () => admin.disable(id)],
        ['setDisabled', () => admin.enable(id)],
        ['setAccess', () => admin.setRoles(id, { roles: ['a'], permissions: [] })],
        ['setAccess', () => admin.create({ ...account, email: newEmail(), roles: ['a'] })],
        ['remove', () => admin.remove(id)],
        ['list', () => admin.list()],
      ] as const)
        await expect(call()).rejects.toThrow(
          `This user store has no method ${name}: implement it in CustomerStore`,
        );
      expect(await admin.find(id)).toMatchObject({ disabled: false });
    } finally {
      await host.close();
    }
  });

  it.each<[string, Partial<NewUser>]>([
    ['roles', { roles: undefined }],
    ['permissions', { permissions: undefined }],
    ['roles and permissions', { roles: undefined, permissions: undefined }],
  ])('reports a store that drops the %s of a new account', async (_, dropped) => {
    class DropsRoles extends CustomerStore {
      override create(user: NewUser) {
        return super.create({ ...user, ...dropped });
      }
      setAccess = () => Promise.resolve(true);
    }
    const host = await startHost({ parts: { userStore: DropsRoles } });
    try {
      const access = { roles: ['admin'], permissions: ['users:read'] };
      const account = { email: newEmail(), password: PASSWORD, ...access };
      await expect(host.app.get(AccountAdmin).create(account)).rejects.toThrow(
        'create() of this user store must store roles and permissions',
      );
    } finally {
      await host.close();
    }
  });
});
