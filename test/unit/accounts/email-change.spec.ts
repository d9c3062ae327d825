import { EmailChange } from '../../../src/accounts/email-change.js';
import { EmailVerification } from '../../../src/accounts/email-verification.js';
import { before } from '../../support/before.js';
import { CLIENT, type InMemoryApp, PASSWORD, startInMemoryApp } from '../../support/in-memory-app.js';

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
const MASKED = 'n***@example.com';
let count = 0;
const newAddress = () => `next${++count}@example.com`;
const in7Days = expect.stringMatching(
  new RegExp(`^${new Date(Date.now() + 7 * 86_400_000).toISOString().slice(0, 9)}`),
);

/** A user who has asked for another address. */
async function asked() {
  const user = await host.register();
  const next = newAddress();
  await change.request(user, next, CLIENT);
  const confirming = () => host.tokenOf('email-change-confirm', next);
  return { ...user, next, confirming };
}
const mailsTo = (email: string) => host.mailsTo(email).filter(({ template }) => template !== 'verify-email');
const emailOf = async (id: string) => (await host.users.findById(id))?.email;

describe('a request for another address', () => {
  it('mails a link to the new one, and a warning to the old one', async () => {
    const { id, email, next, sessionId } = await asked();
    expect(mailsTo(next)).toStrictEqual([
      {
        template: 'email-change-confirm',
        to: next,
        userId: id,
        actionId: expect.any(String),
        data: { name: 'Ada', expiresAt: WHEN },
      },
    ]);
    const data = { name: 'Ada', at: WHEN, ip: CLIENT.ip, newEmail: MASKED, expiresAt: in7Days };
    const about = { to: email, userId: id, actionId: expect.any(String) };
    expect(mailsTo(email)).toStrictEqual([{ template: 'email-change-requested', ...about, data }]);
    expect(host.eventsOf('email-change-requested', id)).toMatchObject([{ ...CLIENT, sessionId }]);
    expect(await emailOf(id)).toBe(email);
  });

  it('tells the owner of a taken address, and answers and warns as usual', async () => {
    const [user, owner] = [await host.register(), await host.register()];
    await change.request(user, owner.email, CLIENT);
    const told = { template: 'address-taken', to: owner.email, userId: owner.id };
    expect(mailsTo(owner.email)).toStrictEqual([{ ...told, data: { at: WHEN, ip: CLIENT.ip } }]);
    expect(mailsTo(user.email)).toMatchObject([{ template: 'email-change-requested' }]);
  });

  it('for an address that somebody can take back tells that address', async () => {
    const first = await asked();
    await change.confirm(await first.confirming());
    const user = await host.register();
    await change.request(user, first.email);
    expect(mailsTo(first.email).at(-1)).toMatchObject({ template: 'address-taken' });
  });

  it('for the present address mails nothing, and for no address is refused', async () => {
    const user = await host.register();
    await change.request(user, user.email.toUpperCase());
    expect(mailsTo(user.email)).toEqual([]);
    const message = 'newEmail must be an email address, such as ada@example.com';
    await expect(change.request(user, 'no address')).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
      details: [{ field: 'newEmail', message }],
    });
  });

  it('needs the second factor of whoever has one, and an account that is there', async () => {
    const user = await host.register();
    await host.addTotp(user);
    const next = newAddress();
    await expect(change.request(user, next)).rejects.toMatchObject({ code: 'STEP_UP_REQUIRED' });
    expect(mailsTo(next)).toEqual([]);
    await change.request({ ...user, acr: 'mfa' }, next);
    expect(mailsTo(next)).toHaveLength(1);
    await host.users.setDisabled(user.id, true);
    const gone = { code: 'INVALID_TOKEN' };
    await expect(change.request({ ...user, acr: 'mfa' }, next)).rejects.toMatchObject(gone);
  });
});

describe('the link to the new address', () => {
  it('replaces and proves it, ends the other sessions, and tells both', async () => {
    const user = await asked();
    const { id, email, next } = user;
    await host.startSession(id);
    const { epoch } = await host.states.of(id);
    const token = await user.confirming();
    let meanwhile: string[] = [];
    restore = before(host.users, ['replaceEmail'], async () => {
      meanwhile = await host.sessionsOf(id);
      await host.startSession(id);
    });
    await change.confirm(token, CLIENT);
    expect(await emailOf(id)).toBe(next);
    expect(meanwhile).toEqual([user.sessionId]);
    expect(await host.states.of(id)).toMatchObject({ provenEmail: next, epoch: epoch + 1 });
    expect(await host.app.get(EmailVerification).isProven({ id, email: next })).toBe(true);
    expect(await host.sessionsOf(id)).toEqual([user.sessionId]);
    const ended = { reason: 'email-changed', ...CLIENT };
    expect(host.eventsOf('session-ended', id)).toMatchObject([ended, ended]);
    const data = { name: 'Ada', newEmail: MASKED, at: WHEN, ip: CLIENT.ip };
    const mail = { template: 'email-changed', userId: id };
    expect(mailsTo(next).at(-1)).toStrictEqual({ ...mail, to: next, data });
    const undo = { actionId: expect.any(String), data: { ...data, expiresAt: in7Days } };
    expect(mailsTo(email).at(-1)).toStrictEqual({ ...mail, to: email, ...undo });
    expect(host.eventsOf('email-changed', id)).toMatchObject([CLIENT]);
    await expect(change.confirm(token)).rejects.toMatchObject(DEAD);
  });

  it.each<[string, (user: Awaited<ReturnType<typeof asked>>) => Promise<unknown>]>([
    ['is disabled', ({ id }) => host.users.setDisabled(id, true)],
    ['is deleted', ({ id }) => host.users.remove(id)],
    ['has another address by now', ({ id, email }) => host.users.replaceEmail(id, email, newAddress())],
    [
      'could have the address of somebody else',
      ({ next }) => host.auth.createUser({ email: next, password: PASSWORD }),
    ],
  ])('changes nothing if the account %s', async (_what, work) => {
    const user = await asked();
    const token = await user.confirming();
    await work(user);
    await expect(change.confirm(token)).rejects.toMatchObject(DEAD);
    expect(await emailOf(user.id)).not.toBe(user.next);
    expect(host.eventsOf('email-changed', user.id)).toEqual([]);
  });

  it('does not take an address that its owner has left meanwhile and can take back', async () => {
    const user = await asked();
    const token = await user.confirming();
    const { id } = await host.auth.createUser({ email: user.next, password: PASSWORD });
    const last = newAddress();
    await change.request({ id, sessionId: user.sessionId }, last);
    await change.confirm(await host.tokenOf('email-change-confirm', last));
    await expect(change.confirm(token)).rejects.toMatchObject(DEAD);
    expect(await emailOf(user.id)).toBe(user.email);
  });

  it('that has failed for a while can be used again', async () => {
    const user = await asked();
    const token = await user.confirming();
    restore = before(host.users, ['replaceEmail'], () => Promise.reject(new Error('down')));
    await expect(change.confirm(token)).rejects.toThrow('down');
    await change.confirm(token);
    expect(await emailOf(user.id)).toBe(user.next);
  });
});
