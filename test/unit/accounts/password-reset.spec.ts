import { AccountExport } from '../../../src/accounts/account-export.js';
import { PasswordReset } from '../../../src/accounts/password-reset.js';
import { FactorChanges } from '../../../src/mfa/factor-changes.js';
import { before } from '../../support/before.js';
import { CLIENT, type InMemoryApp, PASSWORD, startInMemoryApp } from '../../support/in-memory-app.js';

const NEXT = 'quite another long sentence';
const DEAD = { code: 'ACTION_TOKEN_INVALID' };

let host: InMemoryApp;
let resets: PasswordReset;
let restore = () => {};
beforeAll(async () => {
  host = await startInMemoryApp({ accountProtection: {} });
  resets = host.app.get(PasswordReset);
});
afterEach(() => restore());
afterAll(() => host?.close());

type User = Awaited<ReturnType<InMemoryApp['register']>>;
async function linkFor({ email }: User): Promise<string> {
  await resets.request(email, CLIENT);
  return host.tokenOf('reset-password', email);
}
const reset = (token: string, newPassword = NEXT) => resets.reset({ token, newPassword }, CLIENT);
const login = (email: string, password = NEXT, proof?: string) =>
  host.auth.login({ email, password }, CLIENT, proof);
const resetMails = (email: string) =>
  host.mailsTo(email).filter(({ template }) => template === 'reset-password');

describe('a request', () => {
  it('mails a link, and is recorded', async () => {
    const { id, email } = await host.register();
    await resets.request(email.toUpperCase(), CLIENT);
    const data = { name: 'Ada', at: expect.stringMatching(/^\d{4}-/), ip: CLIENT.ip };
    const about = { to: email, userId: id, actionId: expect.any(String) };
    expect(resetMails(email)).toStrictEqual([{ template: 'reset-password', ...about, data }]);
    const tried = { ...CLIENT, email: 'u***@example.com', account: expect.any(String) };
    expect(host.eventsOf('password-reset-requested', id)).toMatchObject([tried]);
  });

  it('for no account, or one that is disabled, mails nothing, and is recorded all the same', async () => {
    const { id, email } = await host.register();
    await host.users.setDisabled(id, true);
    await resets.request(email);
    await resets.request('nobody@example.com');
    expect([...resetMails(email), ...resetMails('nobody@example.com')]).toEqual([]);
    expect(host.eventsOf('password-reset-requested', id)).toHaveLength(1);
    expect(host.eventsOf('password-reset-requested')).toMatchObject([{ email: 'n***@example.com' }]);
  });

  it('for something else than an address is refused', async () => {
    const message = 'email must be an email address, such as ada@example.com';
    await expect(resets.request('nobody')).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
      details: [{ field: 'email', message }],
    });
  });
});

describe('a reset', () => {
  it('replaces the password, ends all sessions, also those that begin meanwhile, and tells the owner', async () => {
    const user = await host.register();
    const { id, email } = user;
    const token = await linkFor(user);
    let meanwhile: string[] = [];
    restore = before(host.users, ['setPasswordHash'], async () => {
      meanwhile = await host.sessionsOf(id);
      await host.startSession(id);
    });
    const { deviceProof } = await reset(token);
    expect(meanwhile).toEqual([]);
    expect(await host.sessionsOf(id)).toEqual([]);
    const ended = { reason: 'password-reset', ...CLIENT };
    expect(host.eventsOf('session-ended', id)).toMatchObject([ended, ended]);
    expect(await host.states.of(id)).toMatchObject({ epoch: 1, provenEmail: email });
    expect(host.eventsOf('password-reset', id)).toMatchObject([CLIENT]);
    const data = { name: 'Ada', at: expect.stringMatching(/^\d{4}-/), ip: CLIENT.ip };
    const mail = { template: 'password-reset', to: email, userId: id, data };
    expect(host.mailsTo(email).at(-1)).toStrictEqual(mail);
    await expect(login(email, PASSWORD)).rejects.toMatchObject({ code: 'INVALID_CREDENTIALS' });
    expect(await login(email, NEXT, deviceProof)).toMatchObject({ outcome: 'signed-in' });
    expect(host.eventsOf('logged-in', id).at(-1)).toMatchObject({ knownDevice: true });
    await expect(reset(token)).rejects.toMatchObject(DEAD);
  });

  it('to a password that is not allowed leaves the link as it is', async () => {
    const user = await host.register();
    const token = await linkFor(user);
    for (const password of ['short', user.email])
      await expect(reset(token, password)).rejects.toMatchObject({
        code: 'VALIDATION_FAILED',
        details: [{ field: 'newPassword' }],
      });
    await reset(token);
    expect(await login(user.email)).toMatchObject({ outcome: 'signed-in' });
  });

  it('forgets failures', async () => {
    const user = await host.register();
    for (let n = 0; n < 6; n++) await login(user.email, 'wrong').catch(() => undefined);
    await reset(await linkFor(user));
    expect(await login(user.email)).toMatchObject({ outcome: 'signed-in' });
  });

  it('takes factors and links of an earlier holder away if the address was not proven, and only then', async () => {
    const kinds = async ({ id }: User) =>
      (await host.app.get(FactorChanges).listOf(id)).map(({ kind }) => kind);
    const [proven, unproven] = [await host.register(), await host.register()];
    await host.addTotp(proven);
    await host.addTotp(unproven);
    await host.states.prove(proven.id, proven.email);
    await reset(await linkFor(proven));
    await reset(await linkFor(unproven));
    expect(await kinds(proven)).toEqual(['totp', 'recovery-codes']);
    expect(await kinds(unproven)).toEqual([]);
  });

  it.each<[string, (user: User) => Promise<unknown>]>([
    ['is disabled', ({ id }) => host.users.setDisabled(id, true)],
    ['is deleted', ({ id }) => host.users.remove(id)],
    ['has another address', ({ id, email }) => host.users.replaceEmail(id, email, `other-${email}`)],
  ])('is refused if the account %s, before or meanwhile', async (_what, work) => {
    const [ada, bob] = [await host.register(), await host.register()];
    const [first, second] = [await linkFor(ada), await linkFor(bob)];
    await work(ada);
    await expect(reset(first)).rejects.toMatchObject(DEAD);
    restore = before(host.tokens, ['revokeUserSessions'], () => work(bob));
    await expect(reset(second)).rejects.toMatchObject(DEAD);
    for (const { id } of [ada, bob]) expect(host.eventsOf('password-reset', id)).toEqual([]);
  });
});

describe('a copy of the data', () => {
  it('has what is kept, without secrets, is recorded, and needs the second factor', async () => {
    const user = await host.register();
    const { id: factorId } = await host.addTotp(user);
    const copies = host.app.get(AccountExport);
    await expect(copies.of(user.id, CLIENT)).rejects.toMatchObject({ code: 'STEP_UP_REQUIRED' });
    expect(host.eventsOf('exported', user.id)).toEqual([]);
    const copy = await copies.of(user.id, CLIENT, 'mfa');
    expect(copy).toMatchObject({
      user: { id: user.id, email: user.email, name: 'Ada', roles: [], permissions: [] },
      provenEmail: null,
      sessions: [{ id: user.sessionId, ...CLIENT }],
      trustedDevices: [],
      mails: [],
      events: [],
    });
    const action = { purpose: 'verify-email', email: user.email };
    const times = { createdAt: expect.any(Date), expiresAt: expect.any(Date) };
    expect(copy.actions).toStrictEqual([{ ...action, ...times }]);
    expect(copy.factors).toMatchObject([{ id: factorId, kind: 'totp' }, { kind: 'recovery-codes' }]);
    expect(JSON.stringify(copy)).not.toMatch(/passwordHash|secret/);
    expect(host.eventsOf('exported', user.id)).toMatchObject([CLIENT]);
    await host.users.setDisabled(user.id, true);
    await expect(copies.of(user.id, CLIENT, 'mfa')).rejects.toMatchObject({ code: 'INVALID_TOKEN' });
  });
});
