import { AccountClosing } from '../../../src/accounts/account-closing.js';
import { EmailChange } from '../../../src/accounts/email-change.js';
import { before } from '../../support/before.js';
import { CLIENT, type InMemoryApp, startInMemoryApp } from '../../support/in-memory-app.js';

let host: InMemoryApp;
let change: EmailChange;
let restore = () => {};
beforeAll(async () => {
  host = await startInMemoryApp();
  change = host.app.get(EmailChange);
});
afterEach(() => restore());
afterAll(() => host?.close());

const DEAD = { code: 'ACTION_TOKEN_INVALID' };
const WHEN = expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/);
let count = 0;
const newAddress = () => `next${++count}@example.com`;

/** A user who has asked for another address. */
async function asked() {
  const user = await host.register();
  const next = newAddress();
  await change.request(user, next, CLIENT);
  const confirming = () => host.tokenOf('email-change-confirm', next);
  const undoing = () => host.tokenOf('email-change-requested', user.email);
  return { ...user, next, confirming, undoing };
}
const mailsTo = (email: string) => host.mailsTo(email).filter(({ template }) => template !== 'verify-email');
const emailOf = async (id: string) => (await host.users.findById(id))?.email;

describe('the link to the old address', () => {
  it('gives the account back: no session, no password, and a link to a new one', async () => {
    const user = await asked();
    const { id, email, next } = user;
    await change.confirm(await user.confirming());
    let meanwhile: string[] | undefined;
    restore = before(host.users, ['replaceEmail'], async () => {
      meanwhile = await host.sessionsOf(id);
      await host.startSession(id);
    });
    const token = await host.tokenOf('email-changed', email);
    const { epoch } = await host.states.of(id);
    await change.undo(token, CLIENT);
    expect(await host.users.findById(id)).toMatchObject({ email, passwordHash: null });
    expect(await host.states.of(id)).toMatchObject({ provenEmail: email, epoch: epoch + 1 });
    expect(meanwhile).toEqual([]);
    expect(await host.sessionsOf(id)).toEqual([]);
    const ended = { reason: 'email-changed', ...CLIENT };
    expect(host.eventsOf('session-ended', id)).toMatchObject([ended, ended]);
    expect(host.eventsOf('email-change-undone', id)).toMatchObject([CLIENT]);
    const about = { to: email, userId: id, actionId: expect.any(String) };
    const reset = { template: 'reset-password', ...about, data: { name: 'Ada', expiresAt: WHEN } };
    expect(mailsTo(email).at(-1)).toStrictEqual(reset);
    const data = { newEmail: 'u***@example.com', at: WHEN, ip: CLIENT.ip };
    expect(mailsTo(next).at(-1)).toStrictEqual({ template: 'email-changed', to: next, userId: id, data });
    await expect(change.undo(token)).rejects.toMatchObject(DEAD);
  });

  it('prevents the change before it is made, and tells nobody else', async () => {
    const user = await asked();
    const confirming = await user.confirming();
    await change.undo(await user.undoing());
    await expect(change.confirm(confirming)).rejects.toMatchObject(DEAD);
    expect(await emailOf(user.id)).toBe(user.email);
    expect(mailsTo(user.next)).toHaveLength(1);
    expect(mailsTo(user.email).at(-1)).toMatchObject({ template: 'reset-password' });
  });

  it('opens an account that was closed since, and none that an operator has disabled', async () => {
    const user = await asked();
    const token = await user.undoing();
    await host.app.get(AccountClosing).close(user.id);
    await change.undo(token);
    expect(await host.users.findById(user.id)).toMatchObject({ disabled: false });
    expect(await host.states.of(user.id)).toMatchObject({ closingAt: null });
    const other = await asked();
    await host.users.setDisabled(other.id, true);
    await expect(change.undo(await other.undoing())).rejects.toMatchObject(DEAD);
  });

  it('works for seven days from the change, not only from the request', async () => {
    const user = await asked();
    const [confirming, token] = [await user.confirming(), await user.undoing()];
    host.clock.advance('50m');
    await change.confirm(confirming);
    host.clock.advance('10070m');
    await change.undo(token);
    expect(await emailOf(user.id)).toBe(user.email);
  });

  it('works once the password is off already', async () => {
    const user = await asked();
    await host.users.put({ ...(await host.users.findById(user.id))!, passwordHash: null });
    await change.undo(await user.undoing());
    expect(host.eventsOf('email-change-undone', user.id)).toHaveLength(1);
  });

  it('takes with it those that were requested later, but not those before', async () => {
    const user = await asked();
    await change.confirm(await user.confirming());
    const first = await host.tokenOf('email-changed', user.email);
    host.clock.advance('1m');
    const later = newAddress();
    await change.request(user, later);
    await change.confirm(await host.tokenOf('email-change-confirm', later));
    const second = await host.tokenOf('email-changed', user.next);
    await change.undo(first);
    await expect(change.undo(second)).rejects.toMatchObject(DEAD);
    expect(await emailOf(user.id)).toBe(user.email);
  });

  it('is worth nothing in between once the address is back by itself', async () => {
    const user = await asked();
    await change.confirm(await user.confirming());
    host.clock.advance('1m');
    await change.request(user, user.email);
    await change.confirm(await host.tokenOf('email-change-confirm', user.email));
    const detour = await host.tokenOf('email-change-requested', user.next).catch(() => 'lk_dead');
    await expect(change.undo(detour ?? 'lk_dead')).rejects.toMatchObject(DEAD);
    expect(await emailOf(user.id)).toBe(user.email);
  });
});
