import { AccountRecords } from '../../../src/actions/account-records.js';
import { AccountAdmin } from '../../../src/index.js';
import { FactorChanges } from '../../../src/mfa/factor-changes.js';
import { type InMemoryApp, PASSWORD, startInMemoryApp } from '../../support/in-memory-app.js';

const NOBODY = 'c0ffee00-0000-4000-8000-000000000000';

let host: InMemoryApp;
let admin: AccountAdmin;
beforeEach(async () => {
  host = await startInMemoryApp({ accountProtection: {} });
  admin = host.app.get(AccountAdmin);
});
afterEach(() => host?.close());

const login = (email: string, password = PASSWORD) => host.auth.login({ email, password });
async function failures(email: string, count = 6) {
  for (let n = 0; n < count; n++) await login(email, 'wrong').catch(() => undefined);
}

describe('an account that an operator creates', () => {
  const ada = { email: 'Ada@example.com', password: PASSWORD, name: 'Ada' };

  it('has no session, has its roles, and is recorded', async () => {
    const access = { roles: ['admin', 'admin'], permissions: ['users:read'] };
    const account = await admin.create({ ...ada, ...access });
    const known = { email: 'ada@example.com', name: 'Ada', roles: ['admin'], permissions: ['users:read'] };
    const about = { hasPassword: true, passwordOff: false, slowedBy: [], disabled: false };
    expect(account).toEqual({ id: account.id, createdAt: expect.any(Date), ...known, ...about });
    expect(JSON.stringify(account)).not.toContain('passwordHash');
    expect(host.eventsOf('registered', account.id)).toMatchObject([{ email: 'a***@example.com' }]);
    expect(await admin.sessionsOf(account.id)).toEqual([]);
  });

  it.each([
    ['no role', { roles: [], permissions: ['a', 'b'] }],
    ['one of two permissions', { roles: ['admin'], permissions: ['a'] }],
  ])('is an error if the user store has kept %s', async (_what, kept) => {
    const create = host.users.create.bind(host.users);
    host.users.create = (user) => create({ ...user, ...kept });
    const access = { roles: ['admin'], permissions: ['a', 'b'] };
    await expect(admin.create({ ...ada, ...access })).rejects.toThrow(/was created without its roles/);
  });

  it('needs a store that can keep roles only if there are some', async () => {
    Object.assign(host.users, { setAccess: undefined });
    await expect(admin.create({ ...ada, permissions: ['a'] })).rejects.toThrow(/no method setAccess/);
    expect(await admin.find('ada@example.com')).toBeNull();
    expect(await admin.create(ada)).toMatchObject({ roles: [] });
  });
});

it('an account is found by its address in any case, and by its id', async () => {
  const { id, email } = await host.register();
  expect(await admin.find(email.toUpperCase())).toMatchObject({ id, email, hasPassword: true });
  expect(await admin.find(id)).toMatchObject({ id });
  expect(await admin.find(NOBODY)).toBeNull();
  expect(await admin.find('nobody@example.com')).toBeNull();
  host.users.put({ ...(await host.users.findById(id))!, passwordHash: null });
  expect(await admin.find(id)).toMatchObject({ hasPassword: false });
});

describe('disabling and enabling', () => {
  it('ends all sessions and tokens, and makes links worthless', async () => {
    const { id, email, accessToken } = await host.register();
    expect(await admin.disable(id)).toBe(true);
    expect(await host.sessionsOf(id)).toEqual([]);
    await expect(host.tokens.verify(accessToken)).rejects.toMatchObject({ code: 'TOKEN_REVOKED' });
    expect(await host.states.of(id)).toMatchObject({ epoch: 1, closingAt: null });
    expect(host.eventsOf('user-disabled', id)).toHaveLength(1);
    expect(host.eventsOf('session-ended', id)).toMatchObject([{ reason: 'user-disabled' }]);
    await expect(login(email)).rejects.toMatchObject({ code: 'INVALID_CREDENTIALS' });
    expect(await admin.enable(id)).toBe(true);
    expect(await login(email)).toMatchObject({ outcome: 'signed-in' });
    expect(host.eventsOf('user-enabled', id)).toHaveLength(1);
    expect(await host.states.of(id)).toMatchObject({ epoch: 1 });
  });

  it('ends no session of an account that was enabled all the time, but those that outlived its disabling', async () => {
    const { id, sessionId } = await host.register();
    await admin.enable(id);
    expect(await host.sessionsOf(id)).toEqual([sessionId]);
    await host.users.setDisabled(id, true);
    await admin.enable(id);
    expect(await host.sessionsOf(id)).toEqual([]);
    expect(host.eventsOf('session-ended', id)).toMatchObject([{ reason: 'user-disabled' }]);
  });

  it('replaces what the owner has decided', async () => {
    const { id } = await host.register();
    await host.states.setClosing(id, 60);
    await admin.disable(id);
    expect(await host.states.of(id)).toMatchObject({ closingAt: null });
  });

  it('resets failures', async () => {
    const { id, email } = await host.register();
    await failures(email);
    const counter = { counter: 'strangers', failures: 5, until: expect.any(Date), off: false };
    expect(await admin.find(id)).toMatchObject({ passwordOff: false, slowedBy: [counter] });
    await admin.enable(id);
    expect(await admin.find(id)).toMatchObject({ slowedBy: [] });
    expect(await login(email)).toMatchObject({ outcome: 'signed-in' });
  });

  it('is for accounts that exist', async () => {
    expect([await admin.disable(NOBODY), await admin.enable(NOBODY)]).toEqual([false, false]);
    expect(host.events).toEqual([]);
    expect(await host.states.of(NOBODY)).toMatchObject({ epoch: 0 });
  });
});

it('roles are replaced by exactly these, which is recorded', async () => {
  const { id } = await host.register();
  await admin.setRoles(id, { roles: ['admin', 'admin'], permissions: [] });
  expect(await admin.setRoles(id, { roles: ['owner'], permissions: ['a'] })).toBe(true);
  expect(await host.users.findById(id)).toMatchObject({ roles: ['owner'], permissions: ['a'] });
  expect(host.eventsOf('access-changed', id).at(-1)).toMatchObject({ roles: ['owner'], permissions: ['a'] });
  expect(await admin.setRoles(NOBODY, { roles: [], permissions: [] })).toBe(false);
  expect(host.eventsOf('access-changed', NOBODY)).toEqual([]);
});

it('one session, or all of them, are ended on behalf of an operator', async () => {
  const { id, sessionId } = await host.register();
  const other = await host.register();
  await host.startSession(id);
  await host.startSession(id);
  expect(await admin.endSessions(id, other.sessionId)).toBe(false);
  expect(await admin.endSessions(id, sessionId.toUpperCase())).toBe(true);
  expect(await admin.sessionsOf(id)).toHaveLength(2);
  expect(await admin.endSessions(id)).toBe(true);
  expect(await admin.sessionsOf(id)).toEqual([]);
  const reasons = host.eventsOf('session-ended', id).map((event) => 'reason' in event && event.reason);
  expect(reasons).toEqual(['ended', 'ended', 'ended']);
  expect([await admin.endSessions(NOBODY), await admin.sessionsOf(NOBODY)]).toEqual([false, null]);
  expect(await host.sessionsOf(other.id)).toEqual([other.sessionId]);
});

describe('the removal of an account', () => {
  it('is complete: sessions, factors, mails, failures and what is kept about it', async () => {
    const user = await host.register();
    await host.addTotp(user);
    expect(await admin.remove(user.id)).toBe(true);
    expect(await host.users.findById(user.id)).toBeNull();
    expect(await host.app.get(FactorChanges).listOf(user.id)).toEqual([]);
    expect(await host.app.get<AccountRecords>(AccountRecords).actions.listOf(user.id)).toEqual([]);
    expect(await host.states.of(user.id)).toMatchObject({ epoch: 0 });
    expect(host.eventsOf('user-removed', user.id)).toHaveLength(1);
    await expect(host.tokens.verify(user.accessToken)).rejects.toMatchObject({ code: 'TOKEN_REVOKED' });
    expect(await admin.remove(user.id)).toBe(false);
    expect(host.eventsOf('user-removed', user.id)).toHaveLength(1);
  });

  it('that somebody else has completed is not recorded twice', async () => {
    const { id } = await host.register();
    host.users.remove = async () => false;
    expect(await admin.remove(id)).toBe(false);
    expect(host.eventsOf('user-removed', id)).toEqual([]);
    expect(await host.users.findById(id)).toMatchObject({ disabled: true });
  });
});
