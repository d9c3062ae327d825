// What happens to an account while its factors change, and which of them may go.
import { FactorChanges } from '../../../src/mfa/factor-changes.js';
import { FactorStore } from '../../../src/mfa/factor-store.js';
import { TotpFactors } from '../../../src/mfa/totp-factors.js';
import { SessionStore } from '../../../src/sessions/session-store.js';
import { before } from '../../support/before.js';
import { type InMemoryApp, startInMemoryApp } from '../../support/in-memory-app.js';

let host: InMemoryApp;
let changes: FactorChanges;
let store: FactorStore;
let restore = () => {};
beforeAll(async () => {
  const encryptionSecrets = 'an encryption secret of more than thirty-two bytes';
  host = await startInMemoryApp({ mfa: { encryptionSecrets, policy: { roles: ['admin'] } } });
  changes = host.app.get(FactorChanges);
  store = host.app.get<FactorStore>(FactorStore);
});
afterEach(() => restore());
afterAll(() => host?.close());

/** A user with an authenticator app, in a session that was raised by it. */
async function enrolled() {
  const user = await host.register();
  const owner = { id: user.id, sessionId: user.sessionId, acr: 'mfa', amr: ['pwd', 'otp', 'mfa'] };
  const factor = await host.addTotp(owner);
  return { ...user, owner, factor };
}
const change = (id: string, changed: object) =>
  host.users.findById(id).then((user) => host.users.put({ ...user!, ...changed }));

describe('other sessions', () => {
  it.each([
    ['a factor is removed', 'remove', (user) => changes.remove(user.owner, user.factor.id)],
    ['recovery codes are renewed', 'replaceCodes', (user) => changes.renewRecoveryCodes(user.owner)],
  ] as const satisfies [
    string,
    keyof FactorStore,
    (user: Awaited<ReturnType<typeof enrolled>>) => unknown,
  ][])('have ended before %s, and those that began meanwhile end afterwards', async (_what, method, work) => {
    const user = await enrolled();
    await host.startSession(user.id);
    let meanwhile: string[] = [];
    restore = before(store, [method], async () => {
      meanwhile = await host.sessionsOf(user.id);
      await host.startSession(user.id);
    });
    expect(await work(user)).toBeTruthy();
    expect(meanwhile).toEqual([user.sessionId]);
    expect(await host.sessionsOf(user.id)).toEqual([user.sessionId]);
  });

  it('have ended before the first factor is added, and those that began meanwhile end afterwards', async () => {
    const user = await host.register();
    await host.startSession(user.id);
    let meanwhile: string[] = [];
    restore = before(store, ['confirm'], async () => {
      meanwhile = await host.sessionsOf(user.id);
      await host.startSession(user.id);
    });
    await host.addTotp({ id: user.id, sessionId: user.sessionId });
    expect(meanwhile).toEqual([user.sessionId]);
    expect(await host.sessionsOf(user.id)).toEqual([user.sessionId]);
  });
});

describe('a change that comes second', () => {
  it('does not remove a factor that has been removed, and says and records nothing', async () => {
    const { id, email, owner, factor } = await enrolled();
    const { length } = host.mailsTo(email);
    restore = before(store, ['remove'], () => store.removeAll(id, 'totp'));
    expect(await changes.remove(owner, factor.id)).toBe(false);
    expect(host.mailsTo(email)).toHaveLength(length);
    expect(host.eventsOf('factor-removed', id)).toEqual([]);
  });

  it('makes no recovery codes for somebody whose factors have been removed', async () => {
    const { id, owner } = await enrolled();
    restore = before(host.tokens, ['revokeUserSessions'], () => store.removeAll(id, 'totp'));
    expect(await changes.renewRecoveryCodes(owner)).toBeNull();
    expect(host.eventsOf('recovery-codes-renewed', id)).toEqual([]);
  });

  it('does not remove the last factor that another removal has left', async () => {
    const { id, owner, factor } = await enrolled();
    await change(id, { roles: ['admin'] });
    host.clock.advance('30s');
    const other = await host.addTotp(owner);
    restore = before(host.tokens, ['revokeUserSessions'], () => store.remove(id, 'totp', other.id));
    await expect(changes.remove(owner, factor.id)).rejects.toMatchObject({ code: 'LAST_SIGN_IN_METHOD' });
    expect((await changes.listOf(id)).map((each) => each.id)).toContain(factor.id);
  });
});

describe('the last factor', () => {
  it('of somebody who must have one stays, with all sessions, also if recovery codes are left', async () => {
    const { id, owner, factor } = await enrolled();
    await change(id, { roles: ['admin'] });
    const other = await host.startSession(id);
    await expect(changes.remove(owner, factor.id)).rejects.toMatchObject({ code: 'LAST_SIGN_IN_METHOD' });
    expect(await host.sessionsOf(id)).toContain(other);
    host.clock.advance('30s');
    await host.addTotp(owner);
    expect(await changes.remove(owner, factor.id)).toBe(true);
  });

  it('is one that logs in alone, if there is no password', async () => {
    const { id, owner, factor } = await enrolled();
    await change(id, { passwordHash: null });
    const passkey = await host.addPasskey(id);
    const phr = { ...owner, acr: 'phr' };
    await expect(changes.remove(phr, passkey)).rejects.toMatchObject({ code: 'LAST_SIGN_IN_METHOD' });
    expect(await changes.remove(phr, factor.id)).toBe(true);
  });

  it('is not left by one that is suspended', async () => {
    const { id, owner, factor } = await enrolled();
    await change(id, { roles: ['admin'] });
    await host.addPasskey(id, { suspended: true });
    await expect(changes.remove(owner, factor.id)).rejects.toMatchObject({ code: 'LAST_SIGN_IN_METHOD' });
  });
});

it('a factor that is weaker than its session does not lower it', async () => {
  const { id, sessionId, refreshToken } = await host.register();
  await host.addPasskey(id);
  const strongest = { acr: 'phr', amr: ['hwk', 'user', 'mfa'] } as const;
  await host.app.get<SessionStore>(SessionStore).reauthenticate!(sessionId, id, strongest);
  await host.addTotp({ id, sessionId, ...strongest });
  expect(await host.levelOf({ refreshToken })).toEqual(strongest);
});

it('an authenticator app that waits to be confirmed survives the removal of the last one', async () => {
  const { id, owner, factor } = await enrolled();
  const totps = host.app.get(TotpFactors);
  const next = (await totps.create(id, 'New phone'))!;
  expect(await changes.remove(owner, factor.id)).toBe(true);
  expect(await totps.isPending(id, next.id)).toBe(true);
});
