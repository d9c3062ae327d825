import bcrypt from 'bcrypt';
import { AccountAdmin } from '../../../src/index.js';
import { FactorStore } from '../../../src/mfa/factor-store.js';
import { before } from '../../support/before.js';
import { CLIENT, type InMemoryApp, PASSWORD, startInMemoryApp } from '../../support/in-memory-app.js';

let host: InMemoryApp;
let restore = () => {};
beforeAll(async () => {
  host = await startInMemoryApp({ accountProtection: {} });
});
afterEach(() => restore());
afterAll(() => host?.close());

const REFUSED = { code: 'INVALID_CREDENTIALS' };
const login = (email: string, password = PASSWORD, proof?: string) =>
  host.auth.login({ email, password }, CLIENT, proof);
const setHash = async (id: string, password: string) =>
  host.users.put({ ...(await host.users.findById(id))!, passwordHash: await bcrypt.hash(password, 4) });
const lastEvent = () => host.events.at(-1);

describe('a login', () => {
  it('starts a session, which is recorded, and the next one of the device is known', async () => {
    const { id, email } = await host.register();
    const first = await login(` ${email.toUpperCase()} `.trim());
    if (first.outcome !== 'signed-in') throw new Error(first.outcome);
    const { sid } = await host.tokens.verify(first.tokens.accessToken);
    expect(lastEvent()).toMatchObject({ type: 'logged-in', ...CLIENT, userId: id, sessionId: sid });
    expect(lastEvent()).toMatchObject({ email: expect.stringMatching(/^u\*+@example\.com$/) });
    expect(lastEvent()).not.toHaveProperty('knownDevice');
    const second = await login(email, PASSWORD, first.deviceProof);
    expect(lastEvent()).toMatchObject({ type: 'logged-in', knownDevice: true });
    const device = (proof: string) => proof.split('.')[0];
    expect('deviceProof' in second && device(second.deviceProof)).toBe(device(first.deviceProof));
  });

  it('that is refused says nothing, and the event says why', async () => {
    const { id, email } = await host.register();
    await expect(login(email, 'wrong')).rejects.toMatchObject(REFUSED);
    const tried = { ...CLIENT, email: 'u***@example.com', account: expect.any(String) };
    const failed = { type: 'login-failed', ...tried };
    expect(lastEvent()).toMatchObject({ ...failed, reason: 'wrong-password', userId: id });
    await host.users.setDisabled(id, true);
    await expect(login(email)).rejects.toMatchObject(REFUSED);
    expect(lastEvent()).toMatchObject({ ...failed, reason: 'disabled', userId: id });
    await expect(login('unknown@example.com')).rejects.toMatchObject(REFUSED);
    expect(lastEvent()).toMatchObject({ ...failed, reason: 'unknown-account' });
    expect(lastEvent()?.userId).toBeUndefined();
  });

  it('with something else than an address is refused as often as it is tried', async () => {
    for (let tries = 0; tries < 8; tries++) {
      await expect(login('no address')).rejects.toMatchObject(REFUSED);
      expect(lastEvent()).toMatchObject({ type: 'login-failed', reason: 'unknown-account', ...CLIENT });
      expect(lastEvent()).toHaveProperty('email', expect.any(String));
    }
  });

  it('waits after failures in a row, also for an unknown address, and that is recorded', async () => {
    const { id, email } = await host.register();
    for (const [address, userId] of [
      [email, id],
      ['nobody@example.com', undefined],
    ] as const) {
      for (let failures = 0; failures < 5; failures++)
        await expect(login(address, 'wrong')).rejects.toMatchObject(REFUSED);
      await expect(login(address, 'wrong')).rejects.toMatchObject({ code: 'RATE_LIMITED' });
      expect(lastEvent()).toMatchObject({ type: 'throttled', limit: 'account', ...CLIENT });
      expect(lastEvent()?.userId).toBe(userId);
    }
  });
});

/** What happens to an account while somebody logs in. */
const HAPPENS: [string, (id: string) => Promise<unknown>, reason: string][] = [
  ['is disabled', (id) => host.users.setDisabled(id, true), 'disabled'],
  ['is deleted', (id) => host.users.remove(id), 'unknown-account'],
  ['gets another password', (id) => setHash(id, 'quite another sentence'), 'wrong-password'],
];

describe('an account that changes during a login', () => {
  it.each(HAPPENS)('and %s gets no session', async (_what, work, reason) => {
    const { id, email, sessionId } = await host.register();
    restore = before(host.tokens, ['startSession'], () => work(id));
    await expect(login(email)).rejects.toMatchObject(REFUSED);
    expect(await host.sessionsOf(id)).toEqual([sessionId]);
    expect(host.eventsOf('logged-in', id)).toEqual([]);
    expect(host.eventsOf('session-ended', id)).toEqual([]);
    expect(lastEvent()).toMatchObject({ type: 'login-failed', reason });
  });

  it.each(HAPPENS)('has a second factor and %s gets no ticket', async (_what, work, reason) => {
    const user = await host.register();
    await host.addTotp(user);
    restore = before(host.app.get<FactorStore>(FactorStore), ['has'], () => work(user.id));
    await expect(login(user.email)).rejects.toMatchObject(REFUSED);
    expect(lastEvent()).toMatchObject({ type: 'login-failed', reason });
  });

  it.each([
    ...HAPPENS,
    ['has its epoch raised', (id: string) => host.states.raiseEpoch(id), 'wrong-password'],
  ] as typeof HAPPENS)('and %s gets no session from the second factor', async (_what, work, reason) => {
    const user = await host.register();
    const { code } = await host.addTotp(user);
    host.clock.advance('30s');
    const outcome = await login(user.email);
    const mfaToken = 'mfaToken' in outcome ? outcome.mfaToken : '';
    restore = before(host.tokens, ['startSession'], () => work(user.id));
    const step = { mfaToken, answer: { code: code() }, trustDevice: true };
    await expect(host.auth.completeLogin(step, CLIENT)).rejects.toMatchObject(REFUSED);
    expect(await host.sessionsOf(user.id)).toEqual([user.sessionId]);
    expect(lastEvent()).toMatchObject({ type: 'login-failed', reason, ...CLIENT });
    expect(host.eventsOf('device-trusted', user.id)).toEqual([]);
  });

  it('only in the hash of its password is logged in, with and without a second factor', async () => {
    const { email, ...user } = await host.register();
    restore = before(host.tokens, ['startSession'], () => setHash(user.id, PASSWORD));
    expect(await login(email)).toMatchObject({ outcome: 'signed-in' });
    await host.addTotp(user);
    restore = before(host.app.get<FactorStore>(FactorStore), ['has'], () => setHash(user.id, PASSWORD));
    expect(await login(email)).toMatchObject({ outcome: 'second-factor-needed' });
  });

  it('and gets a second factor is not logged in without it', async () => {
    const user = await host.register();
    restore = before(host.tokens, ['startSession'], () => host.addTotp(user));
    await expect(login(user.email)).rejects.toMatchObject(REFUSED);
    expect(await host.sessionsOf(user.id)).toEqual([user.sessionId]);
  });
});

describe('a user whom the host has identified', () => {
  it('gets a session of the strength that the host says', async () => {
    const { id } = await host.register();
    const strong = { acr: 'mfa', amr: ['hwk', 'mfa'] } as const;
    const { tokens, deviceProof } = await host.auth.startSession({ id }, CLIENT, strong);
    const { sid, ...claims } = await host.tokens.verify(tokens.accessToken);
    expect(claims).toMatchObject({ sub: id, ...strong });
    expect(lastEvent()).toMatchObject({ type: 'logged-in', userId: id, sessionId: sid, ...CLIENT });
    expect(deviceProof).toEqual(expect.any(String));
  });

  it('gets none if the account is disabled or deleted, also meanwhile', async () => {
    const { id, sessionId } = await host.register();
    restore = before(host.tokens, ['startSession'], () => host.users.setDisabled(id, true));
    await expect(host.auth.startSession({ id }, CLIENT)).rejects.toMatchObject(REFUSED);
    expect(await host.sessionsOf(id)).toEqual([sessionId]);
    await expect(host.auth.startSession({ id }, CLIENT)).rejects.toMatchObject(REFUSED);
    await host.users.remove(id);
    await expect(host.auth.startSession({ id }, CLIENT)).rejects.toMatchObject(REFUSED);
    expect(host.eventsOf('logged-in', id)).toEqual([]);
  });
});

it('where the address must be proven, the right password mails a link, and a wrong one nothing', async () => {
  const strict = await startInMemoryApp({ accounts: { verification: 'required' } });
  const email = 'ada@example.com';
  const { id } = await strict.app.get(AccountAdmin).create({ email, password: PASSWORD });
  const enter = (password = PASSWORD) => strict.auth.login({ email, password });
  await expect(enter('wrong')).rejects.toMatchObject(REFUSED);
  expect(strict.mailsTo(email)).toEqual([]);
  await expect(enter()).rejects.toMatchObject({ code: 'EMAIL_NOT_VERIFIED' });
  expect(strict.mailsTo(email)).toMatchObject([{ template: 'verify-email', userId: id }]);
  await strict.states.prove(id, email);
  expect(await enter()).toMatchObject({ outcome: 'signed-in' });
  await strict.close();
});
