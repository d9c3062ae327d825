import { AccountClosing } from '../../../src/accounts/account-closing.js';
import { ClosedAccounts } from '../../../src/accounts/closed-accounts.js';
import { AccountRecords } from '../../../src/actions/account-records.js';
import { before } from '../../support/before.js';
import { CLIENT, type InMemoryApp, PASSWORD, startInMemoryApp } from '../../support/in-memory-app.js';

const TWO_WEEKS_MS = 14 * 86_400_000;
const DEAD = { code: 'ACTION_TOKEN_INVALID' };

let host: InMemoryApp;
let closing: AccountClosing;
let closed: ClosedAccounts;
let restore = () => {};
beforeEach(async () => {
  host = await startInMemoryApp({ accountProtection: {} });
  closing = host.app.get(AccountClosing);
  closed = host.app.get(ClosedAccounts);
});
afterEach(async () => {
  restore();
  await host?.close();
});

const linkTo = ({ email }: { email: string }) => host.tokenOf('account-closing', email);
const find = ({ id }: { id: string }) => host.users.findById(id);
async function closedUser() {
  const user = await host.register();
  await closing.close(user.id, CLIENT);
  return user;
}

describe('closing an account', () => {
  it('ends its sessions and tokens, keeps everybody out, and mails a way back', async () => {
    const user = await closedUser();
    const { id, email } = user;
    const closesAt = new Date(host.clock.now() + TWO_WEEKS_MS);
    expect(await find(user)).toMatchObject({ disabled: true });
    expect(await host.states.of(id)).toMatchObject({ closingAt: closesAt, epoch: 1 });
    await expect(host.tokens.verify(user.accessToken)).rejects.toMatchObject({ code: 'TOKEN_REVOKED' });
    expect(host.eventsOf('session-ended', id)).toMatchObject([{ reason: 'account-closing', ...CLIENT }]);
    expect(host.eventsOf('user-disabled', id)).toEqual([]);
    expect(host.eventsOf('account-closing', id)).toMatchObject([CLIENT]);
    expect(host.mailsTo(email).at(-1)).toStrictEqual({
      template: 'account-closing',
      to: email,
      userId: id,
      actionId: expect.any(String),
      data: { name: 'Ada', closesAt: closesAt.toISOString(), at: expect.any(String), ip: CLIENT.ip },
    });
  });

  it('needs the second factor of whoever has one, and an account that is there', async () => {
    const user = await host.register();
    await host.addTotp(user);
    await expect(closing.close(user.id)).rejects.toMatchObject({ code: 'STEP_UP_REQUIRED' });
    expect(await find(user)).toMatchObject({ disabled: false });
    await closing.close(user.id, CLIENT, 'mfa');
    await expect(closing.close(user.id, CLIENT, 'mfa')).rejects.toMatchObject({ code: 'INVALID_TOKEN' });
    expect(host.eventsOf('account-closing', user.id)).toHaveLength(1);
  });

  it('that finds no account any more is refused, and has no event', async () => {
    const { id } = await host.register();
    restore = before(host.users, ['setDisabled'], () => host.users.remove(id));
    await expect(closing.close(id)).rejects.toMatchObject({ code: 'INVALID_TOKEN' });
    expect(host.eventsOf('account-closing', id)).toEqual([]);
  });
});

describe('the link of the mail', () => {
  it('opens the account again, once, and without its sessions', async () => {
    const user = await closedUser();
    const token = await linkTo(user);
    await host.startSession(user.id);
    await closing.restore(token, CLIENT);
    expect(await find(user)).toMatchObject({ disabled: false });
    expect(await host.states.of(user.id)).toMatchObject({ closingAt: null, epoch: 2 });
    expect(await host.sessionsOf(user.id)).toEqual([]);
    expect(host.eventsOf('session-ended', user.id)).toHaveLength(2);
    expect(host.eventsOf('session-ended', user.id).at(-1)).toMatchObject({
      reason: 'account-closing',
      ...CLIENT,
    });
    expect(host.eventsOf('account-restored', user.id)).toMatchObject([CLIENT]);
    await expect(closing.restore(token)).rejects.toMatchObject(DEAD);
    expect(await host.auth.login({ email: user.email, password: PASSWORD })).toMatchObject({
      outcome: 'signed-in',
    });
  });

  it('does not open what an operator has disabled, or what is deleted', async () => {
    const user = await closedUser();
    const token = await linkTo(user);
    await host.states.setClosing(user.id, null);
    await expect(closing.restore(token)).rejects.toMatchObject(DEAD);
    expect(await find(user)).toMatchObject({ disabled: true });
    const other = await closedUser();
    const dead = await linkTo(other);
    await host.users.remove(other.id);
    await expect(closing.restore(dead)).rejects.toMatchObject(DEAD);
    expect(host.eventsOf('account-restored', other.id)).toEqual([]);
  });
});

describe('a closed account', () => {
  it('is deleted after two weeks, with all that is kept about it, and its owner is told', async () => {
    const user = await closedUser();
    const { id, email } = user;
    expect([await closed.countExpired(), await closed.deleteExpired(10)]).toEqual([0, 0]);
    host.clock.advance('14d');
    await host.startSession(id);
    expect([await closed.countExpired(), await closed.deleteExpired(10)]).toEqual([1, 1]);
    expect(await find(user)).toBeNull();
    expect(await host.sessionsOf(id)).toEqual([]);
    expect(host.eventsOf('session-ended', id).at(-1)).toMatchObject({ reason: 'account-closing' });
    expect(host.mailsTo(email).at(-1)).toStrictEqual({ template: 'account-closed', to: email });
    expect(host.eventsOf('account-closed', id)).toHaveLength(1);
    expect(await host.states.of(id)).toMatchObject({ epoch: 0, closingAt: null });
    expect(await host.app.get<AccountRecords>(AccountRecords).actions.listOf(id)).toEqual([]);
    expect(await closed.deleteExpired(10)).toBe(0);
  });

  it('leaves no failures to whoever has its address next', async () => {
    const { email } = await closedUser();
    host.clock.advance('14d');
    const login = (password: string) => host.auth.login({ email, password });
    for (let failures = 0; failures < 6; failures++) await login('wrong').catch(() => undefined);
    await closed.deleteExpired(10);
    await host.auth.createUser({ email, password: PASSWORD });
    expect(await login(PASSWORD)).toMatchObject({ outcome: 'signed-in' });
  });

  it('that was enabled past us is not deleted, now or later', async () => {
    const user = await closedUser();
    await host.users.setDisabled(user.id, false);
    host.clock.advance('14d');
    const session = await host.startSession(user.id);
    expect(await closed.deleteExpired(10)).toBe(0);
    expect(await host.sessionsOf(user.id)).toEqual([session]);
    expect(await find(user)).not.toBeNull();
    expect(await host.states.of(user.id)).toMatchObject({ closingAt: null });
    expect(host.eventsOf('account-closed', user.id)).toEqual([]);
  });

  it('that has been opened since it was listed stays', async () => {
    const user = await closedUser();
    host.clock.advance('14d');
    const { states } = host;
    restore = before(states, ['isDue'], () => states.setClosing(user.id, null));
    expect(await closed.deleteExpired(10)).toBe(0);
    expect(await find(user)).not.toBeNull();
  });

  it('whose user is gone already is forgotten without a mail and an event', async () => {
    const user = await closedUser();
    host.clock.advance('14d');
    await host.users.remove(user.id);
    expect(await closed.deleteExpired(10)).toBe(1);
    expect(host.mailsTo(user.email).map(({ template }) => template)).not.toContain('account-closed');
    expect(host.eventsOf('account-closed', user.id)).toEqual([]);
    expect(await host.states.of(user.id)).toMatchObject({ closingAt: null });
  });

  it('that cannot be deleted does not keep the others, and is deleted by the next run', async () => {
    const users = [await closedUser(), await closedUser()];
    host.clock.advance('14d');
    restore = before(host.users, ['remove'], () => Promise.reject(new Error('a row refers to it')));
    expect(await closed.deleteExpired(10)).toBe(1);
    expect((await Promise.all(users.map(find))).filter(Boolean)).toHaveLength(1);
    expect(await closed.deleteExpired(10)).toBe(1);
    expect(await Promise.all(users.map(find))).toEqual([null, null]);
  });
});
