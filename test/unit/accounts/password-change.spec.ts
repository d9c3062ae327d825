import bcrypt from 'bcrypt';
import { before } from '../../support/before.js';
import { CLIENT, type InMemoryApp, PASSWORD, startInMemoryApp } from '../../support/in-memory-app.js';

const NEXT = 'quite another long sentence';

let host: InMemoryApp;
let restore = () => {};
beforeAll(async () => {
  host = await startInMemoryApp({ accountProtection: {} });
});
afterEach(() => restore());
afterAll(() => host?.close());

type User = Awaited<ReturnType<InMemoryApp['register']>>;
const change = (user: User, currentPassword = PASSWORD, newPassword = NEXT) =>
  host.auth.changePassword(user, { currentPassword, newPassword }, CLIENT);
const stepUp = (user: User, password = PASSWORD) => host.auth.stepUp(user, { password }, CLIENT);
const login = (email: string, password = NEXT, proof?: string) =>
  host.auth.login({ email, password }, CLIENT, proof);
const setHash = async (id: string, password: string) =>
  host.users.put({ ...(await host.users.findById(id))!, passwordHash: await bcrypt.hash(password, 4) });
const wrong = (field: string, message: string) => ({
  code: 'INVALID_CREDENTIALS',
  message,
  details: [{ field, message }],
});
const WRONG_CURRENT = wrong('currentPassword', 'The current password is wrong.');
const WRONG = wrong('password', 'The password is wrong.');

describe('a change of the password', () => {
  it('ends the other sessions, also those that begin meanwhile, and tells the owner', async () => {
    const user = await host.register();
    const { id, email, sessionId } = user;
    await host.startSession(id);
    let meanwhile: string[] = [];
    restore = before(host.users, ['replacePasswordHash'], async () => {
      meanwhile = await host.sessionsOf(id);
      await host.startSession(id);
    });
    const { deviceProof } = await change(user);
    expect(meanwhile).toEqual([sessionId]);
    expect(await host.sessionsOf(id)).toEqual([sessionId]);
    const ended = { reason: 'password-changed', ...CLIENT };
    expect(host.eventsOf('session-ended', id)).toMatchObject([ended, ended]);
    expect(host.eventsOf('password-changed', id)).toMatchObject([{ ...CLIENT, sessionId }]);
    expect(await host.states.of(id)).toMatchObject({ epoch: 1 });
    const data = { name: 'Ada', at: expect.stringMatching(/^\d{4}-/), ip: CLIENT.ip };
    const mail = { template: 'password-changed', to: email, userId: id, data };
    expect(host.mailsTo(email).at(-1)).toStrictEqual(mail);
    await expect(login(email, PASSWORD)).rejects.toMatchObject({ code: 'INVALID_CREDENTIALS' });
    expect(await login(email, NEXT, deviceProof)).toMatchObject({ outcome: 'signed-in' });
    expect(host.eventsOf('logged-in', id).at(-1)).toMatchObject({ knownDevice: true });
  });

  it('with a wrong password changes nothing, and is recorded', async () => {
    const user = await host.register();
    await expect(change(user, 'wrong')).rejects.toMatchObject(WRONG_CURRENT);
    const about = { ...CLIENT, sessionId: user.sessionId, email: 'u***@example.com' };
    expect(host.eventsOf('password-change-failed', user.id)).toMatchObject([about]);
    expect(await login(user.email, PASSWORD)).toMatchObject({ outcome: 'signed-in' });
  });

  it.each([
    ['short', /at least/],
    [PASSWORD, /./],
    ['user1@example.com', /./],
  ])('to %j is refused as the new password', async (newPassword, message) => {
    const user = await host.register();
    await expect(
      change(user, PASSWORD, newPassword === 'user1@example.com' ? user.email : newPassword),
    ).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
      details: [{ field: 'newPassword', message: expect.stringMatching(message) }],
    });
  });

  it('lets the session wait after failures of its own, and forgets them when it succeeds', async () => {
    const user = await host.register();
    for (let failures = 0; failures < 5; failures++)
      await expect(change(user, 'wrong')).rejects.toMatchObject(WRONG_CURRENT);
    await expect(change(user)).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    expect(host.eventsOf('throttled', user.id)).toMatchObject([{ limit: 'account', ...CLIENT }]);
    for (let failures = 0; failures < 5; failures++)
      await expect(login(user.email, 'wrong')).rejects.toMatchObject({ code: 'INVALID_CREDENTIALS' });
    await expect(login(user.email, 'wrong')).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    host.clock.advance('1m');
    await change(user);
    for (let failures = 0; failures < 5; failures++)
      await expect(login(user.email, 'wrong')).rejects.toMatchObject({ code: 'INVALID_CREDENTIALS' });
  });

  it('is refused if another one was first, or a reset, even to the same password', async () => {
    const [ada, bob] = [await host.register(), await host.register()];
    restore = before(host.users, ['replacePasswordHash'], () => setHash(ada.id, NEXT));
    await expect(change(ada)).rejects.toMatchObject(WRONG_CURRENT);
    restore = before(host.users, ['replacePasswordHash'], async () => {
      await setHash(bob.id, PASSWORD);
      await host.states.raiseEpoch(bob.id);
    });
    await expect(change(bob)).rejects.toMatchObject(WRONG_CURRENT);
    expect(host.eventsOf('password-changed', bob.id)).toEqual([]);
  });

  it('is made although a login renews the hash', async () => {
    const user = await host.register();
    restore = before(host.users, ['replacePasswordHash'], () => setHash(user.id, PASSWORD));
    await change(user);
    expect(await login(user.email)).toMatchObject({ outcome: 'signed-in' });
  });

  it('is not for accounts that are disabled', async () => {
    const user = await host.register();
    await host.users.setDisabled(user.id, true);
    await expect(change(user)).rejects.toMatchObject({ code: 'INVALID_TOKEN' });
  });
});

describe('a step-up', () => {
  it('with the password renews the session, which is recorded', async () => {
    const user = await host.register();
    host.clock.advance('10m');
    const { tokens, user: shown } = await stepUp(user);
    const { sid, auth_time: authTime, ...claims } = await host.tokens.verify(tokens.accessToken);
    expect(claims).toMatchObject({ sub: user.id, acr: 'pwd', amr: ['pwd'] });
    expect(authTime).toBe(Math.floor(host.clock.now() / 1_000));
    expect(sid).toBe(user.sessionId);
    expect(shown.id).toBe(user.id);
    expect(host.eventsOf('stepped-up', user.id)).toMatchObject([{ acr: 'pwd', ...CLIENT, sessionId: sid }]);
  });

  it('with a wrong password is refused, recorded, and counted', async () => {
    const user = await host.register();
    for (let failures = 0; failures < 5; failures++)
      await expect(stepUp(user, 'wrong')).rejects.toMatchObject(WRONG);
    const about = { ...CLIENT, sessionId: user.sessionId, email: 'u***@example.com' };
    expect(host.eventsOf('step-up-failed', user.id)[0]).toMatchObject(about);
    expect(host.eventsOf('stepped-up', user.id)).toEqual([]);
    await expect(stepUp(user)).rejects.toMatchObject({ code: 'RATE_LIMITED' });
  });

  it('is refused if the account is disabled or gets another password meanwhile, not if the hash is renewed', async () => {
    const during = async (work: (id: string) => Promise<unknown>) => {
      const user = await host.register();
      let reads = 0;
      const find = host.users.findById.bind(host.users);
      host.users.findById = async (id) => {
        if (++reads === 2) await work(id);
        return find(id);
      };
      restore = () => void (host.users.findById = find);
      return stepUp(user).finally(restore);
    };
    await expect(during((id) => host.users.setDisabled(id, true))).rejects.toMatchObject({
      code: 'INVALID_TOKEN',
    });
    await expect(during((id) => setHash(id, NEXT))).rejects.toMatchObject(WRONG);
    expect(await during((id) => setHash(id, PASSWORD))).toMatchObject({ tokens: {} });
  });

  it('with a second factor raises the session, unless the account changes meanwhile', async () => {
    const user = await host.register();
    const { code } = await host.addTotp(user);
    await host.startSession(user.id);
    host.clock.advance('30s');
    const withCode = () => host.auth.stepUpWithFactor(user, { code: code() }, CLIENT);
    const { tokens } = await withCode();
    expect(await host.tokens.verify(tokens.accessToken)).toMatchObject({
      acr: 'mfa',
      amr: ['pwd', 'otp', 'mfa'],
    });
    expect(host.eventsOf('stepped-up', user.id)).toMatchObject([{ acr: 'mfa', ...CLIENT }]);
    host.clock.advance('30s');
    let reads = 0;
    const find = host.users.findById.bind(host.users);
    host.users.findById = async (id) => {
      if (++reads === 2) await host.states.raiseEpoch(id);
      return find(id);
    };
    restore = () => void (host.users.findById = find);
    await expect(withCode()).rejects.toMatchObject({ code: 'INVALID_TOKEN' });
    restore();
    expect(await host.levelOf(user)).toEqual({ acr: 'pwd', amr: ['pwd'] });
    expect(host.eventsOf('stepped-up', user.id)).toHaveLength(1);
  });
});
