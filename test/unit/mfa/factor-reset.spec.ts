import { UnavailableError } from '../../../src/errors/auth-errors.js';
import { DueFactorResets } from '../../../src/mfa/due-factor-resets.js';
import { FactorReset } from '../../../src/mfa/factor-reset.js';
import { before } from '../../support/before.js';
import { CLIENT, type InMemoryApp, PASSWORD, startInMemoryApp } from '../../support/in-memory-app.js';

const DAY_MS = 86_400_000;
const encryptionSecrets = 'an encryption secret of more than thirty-two bytes';

let host: InMemoryApp;
let resets: FactorReset;
let restore = () => {};
beforeAll(async () => {
  host = await startInMemoryApp();
  resets = host.app.get(FactorReset);
});
afterEach(() => restore());
afterAll(() => host?.close());

async function enrolled(app = host) {
  const user = await app.register();
  return { ...user, factor: await app.addTotp(user) };
}
const cleanUp = () => host.app.get(DueFactorResets).deleteExpired(100);
const kindsOf = async (id: string) => (await resets.listOf(id)).map(({ kind }) => kind);
const mailOf = ({ email }: { email: string }) => host.mailsTo(email).at(-1);

it('is for accounts that exist', async () => {
  expect(await resets.request('c0ffee00-0000-4000-8000-000000000000')).toBeNull();
});

it('tells the owner at once, with a link, and happens a day later', async () => {
  const user = await enrolled();
  const at = new Date(host.clock.now() + DAY_MS);
  expect(await resets.request(user.id)).toEqual({ at });
  expect(await resets.pendingFor(user.id)).toEqual(at);
  const data = { name: 'Ada', resetsAt: at.toISOString() };
  const about = { to: user.email, userId: user.id };
  expect(mailOf(user)).toEqual({
    template: 'factors-reset-requested',
    ...about,
    actionId: expect.any(String),
    data,
  });
  expect(host.eventsOf('factors-reset-requested', user.id)).toHaveLength(1);
  await cleanUp();
  expect(await kindsOf(user.id)).toEqual(['totp', 'recovery-codes']);

  const { epoch } = await host.states.of(user.id);
  host.clock.advance('1d');
  await cleanUp();
  expect(await host.states.of(user.id)).toMatchObject({ epoch: epoch + 1 });
  expect(await host.tokenOf('factors-reset-requested', user.email)).toBeUndefined();
  expect(await kindsOf(user.id)).toEqual([]);
  expect(await host.sessionsOf(user.id)).toEqual([]);
  expect(host.eventsOf('session-ended', user.id)).toMatchObject([{ reason: 'factors-changed' }]);
  expect(host.eventsOf('factors-reset', user.id)).toHaveLength(1);
  const notice = { name: 'Ada', notice: 'factors-reset', at: expect.stringMatching(/^\d{4}-/) };
  expect(mailOf(user)).toEqual({ template: 'security-notice', ...about, data: notice });
  expect((await host.states.of(user.id)).brake).toMatchObject({ seconds: 86_400 });
  expect(await resets.pendingFor(user.id)).toBeNull();
  await cleanUp();
  expect(host.eventsOf('factors-reset', user.id)).toHaveLength(1);
});

it('that is pending is not requested, told or recorded again', async () => {
  const user = await enrolled();
  const first = await resets.request(user.id);
  const { length } = host.mailsTo(user.email);
  host.clock.advance('1h');
  expect(await resets.request(user.id)).toEqual(first);
  expect(host.mailsTo(user.email)).toHaveLength(length);
  expect(host.eventsOf('factors-reset-requested', user.id)).toHaveLength(1);
});

it('is canceled by an operator, once, which also ends the link', async () => {
  const user = await enrolled();
  expect(await resets.cancel(user.id)).toBe(false);
  await resets.request(user.id);
  const token = await host.tokenOf('factors-reset-requested', user.email);
  expect(await resets.cancel(user.id, CLIENT)).toBe(true);
  expect(await resets.cancel(user.id, CLIENT)).toBe(false);
  expect(host.eventsOf('factors-reset-canceled', user.id)).toMatchObject([CLIENT]);
  expect(await resets.pendingFor(user.id)).toBeNull();
  await resets.request(user.id);
  await expect(resets.cancelByLink(token)).rejects.toMatchObject({ code: 'ACTION_TOKEN_INVALID' });
  expect(await resets.pendingFor(user.id)).not.toBeNull();
});

it('is canceled by the link of the mail, once, also after a change of the account', async () => {
  const user = await enrolled();
  await resets.request(user.id);
  const token = await host.tokenOf('factors-reset-requested', user.email);
  await host.states.raiseEpoch(user.id);
  await resets.cancelByLink(token, CLIENT);
  expect(host.eventsOf('factors-reset-canceled', user.id)).toMatchObject([CLIENT]);
  expect(await resets.pendingFor(user.id)).toBeNull();
  await resets.request(user.id);
  await expect(resets.cancelByLink(token)).rejects.toMatchObject({ code: 'ACTION_TOKEN_INVALID' });
});

it('that was interrupted has begun: it cannot be canceled, and the next run completes it', async () => {
  const user = await enrolled();
  await resets.request(user.id);
  const token = await host.tokenOf('factors-reset-requested', user.email);
  host.clock.advance('1d');
  restore = before(host.tokens, ['revokeUserSessions'], () => Promise.reject(new UnavailableError()));
  await expect(host.app.get(DueFactorResets).carryOut(user.id)).rejects.toThrow(UnavailableError);
  expect(await kindsOf(user.id)).toEqual([]);
  expect(await host.sessionsOf(user.id)).toEqual([user.sessionId]);
  const { length } = host.mailsTo(user.email);
  expect(Math.abs((await resets.pendingFor(user.id))!.getTime() - Date.now())).toBeLessThan(60_000);
  expect(Math.abs((await resets.request(user.id))!.at.getTime() - Date.now())).toBeLessThan(60_000);
  expect(await resets.cancel(user.id)).toBe(false);
  await expect(resets.cancelByLink(token)).rejects.toMatchObject({ code: 'ACTION_TOKEN_INVALID' });
  await cleanUp();
  expect(await host.sessionsOf(user.id)).toEqual([]);
  expect(host.mailsTo(user.email)).toHaveLength(length);
  expect(host.eventsOf('factors-reset', user.id)).toHaveLength(1);
});

it('that fails keeps no other, and is not carried out before its time', async () => {
  host.clock.advance('1d');
  await cleanUp();
  const [ada, bob] = [await enrolled(), await enrolled()];
  await resets.request(ada.id);
  expect(await host.app.get(DueFactorResets).carryOut(ada.id)).toBe(false);
  await resets.request(bob.id);
  host.clock.advance('1d');
  expect(await host.app.get(DueFactorResets).countExpired()).toBe(2);
  restore = before(host.tokens, ['revokeUserSessions'], () => Promise.reject(new Error('broken')));
  expect(await host.app.get(DueFactorResets).deleteExpired(10)).toBe(1);
  expect(await host.app.get(DueFactorResets).countExpired()).toBe(1);
  await cleanUp();
  expect([await kindsOf(ada.id), await kindsOf(bob.id)]).toEqual([[], []]);
});

it('lets the owner try again at once', async () => {
  const user = await enrolled();
  const login = () => host.auth.login({ email: user.email, password: PASSWORD });
  for (let failures = 0; failures < 5; failures++) {
    const outcome = await login();
    const mfaToken = 'mfaToken' in outcome ? outcome.mfaToken : '';
    await expect(host.auth.completeLogin({ mfaToken, answer: { code: 'wrong' } })).rejects.toMatchObject({
      code: 'INVALID_CODE',
    });
  }
  const frozen = host.clock.now();
  await host.states.setFactorsReset(user.id, 0);
  await host.app.get(DueFactorResets).carryOut(user.id);
  const { tokens } = (await login()) as { tokens: { accessToken: string } };
  const { sid } = await host.tokens.verify(tokens.accessToken);
  // Passkeys only, for a day: but the count of failures no longer keeps anybody.
  await host.addTotp({ id: user.id, sessionId: sid, acr: 'phr' });
  expect(host.clock.now()).toBe(frozen);
});

it('without a delay happens at once and says so, and without brakes puts none on', async () => {
  const mfa = { encryptionSecrets, resetDelay: '0s', recoveryBrake: '0s' } as const;
  const quick = await startInMemoryApp({ mfa });
  const user = await enrolled(quick);
  const { at } = (await quick.app.get(FactorReset).request(user.id))!;
  expect(Math.abs(at.getTime() - Date.now())).toBeLessThan(60_000);
  expect(await quick.app.get(FactorReset).listOf(user.id)).toEqual([]);
  expect(quick.eventsOf('factors-reset', user.id)).toHaveLength(1);
  expect(quick.eventsOf('factors-reset-requested', user.id)).toEqual([]);
  expect(quick.mailsTo(user.email).slice(-1)).toMatchObject([{ data: { notice: 'factors-reset' } }]);
  expect(quick.mails.map(({ template }) => template)).not.toContain('factors-reset-requested');
  expect((await quick.states.of(user.id)).brake).toBeNull();
  await quick.close();
});
