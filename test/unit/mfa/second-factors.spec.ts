// The second step of a login: its ticket, its tries, and what it starts.
import { AccountRecords } from '../../../src/actions/account-records.js';
import { UnavailableError } from '../../../src/errors/auth-errors.js';
import { before } from '../../support/before.js';
import { CLIENT, type InMemoryApp, PASSWORD, startInMemoryApp } from '../../support/in-memory-app.js';

let host: InMemoryApp;
beforeAll(async () => {
  host = await startInMemoryApp();
});
afterAll(() => host?.close());

const INVALID = expect.objectContaining({
  code: 'ACTION_TOKEN_INVALID',
  message: 'This login has expired or was completed: log in again.',
});
const WRONG = expect.objectContaining({ code: 'INVALID_CODE' });

async function enrolled() {
  const user = await host.register();
  const factor = await host.addTotp(user);
  host.clock.advance('30s');
  return { ...user, factor };
}
async function ticketOf({ email }: { email: string }, deviceProof?: string): Promise<string> {
  const outcome = await host.auth.login({ email, password: PASSWORD }, CLIENT, deviceProof);
  if (outcome.outcome !== 'second-factor-needed') throw new Error(outcome.outcome);
  return outcome.mfaToken;
}
const complete = (mfaToken: string, answer: object, trustDevice?: boolean) =>
  host.auth.completeLogin({ mfaToken, answer, ...(trustDevice !== undefined && { trustDevice }) }, CLIENT);

it('a code completes the login: its session has both factors, and its ticket is used up', async () => {
  const user = await enrolled();
  const mfaToken = await ticketOf(user);
  const code = user.factor.code();
  const { tokens, trustedDevice, deviceProof, ...done } = await complete(mfaToken, { code });
  expect(done).toMatchObject({ outcome: 'signed-in', user: { id: user.id } });
  expect(trustedDevice).toBeUndefined();
  const { sid, ...claims } = await host.tokens.verify(tokens.accessToken);
  expect(claims).toMatchObject({ sub: user.id, acr: 'mfa', amr: ['pwd', 'otp', 'mfa'] });
  const [event] = host.eventsOf('logged-in', user.id);
  expect(event).toMatchObject({ ...CLIENT, sessionId: sid, email: expect.stringContaining('***') });
  expect(event).not.toHaveProperty('knownDevice');
  host.clock.advance('30s');
  await expect(complete(mfaToken, { code: user.factor.code() })).rejects.toEqual(INVALID);
  // The proof belongs to this device, so the next login on it is known.
  const known = await ticketOf(user, deviceProof);
  const next = await complete(known, { code: user.factor.code() });
  expect(next.deviceProof.split('.')[0]).toBe(deviceProof.split('.')[0]);
  expect(host.eventsOf('logged-in', user.id).at(-1)).toMatchObject({ knownDevice: true });
});

it('a recovery code completes it too, without a method of its own', async () => {
  const user = await enrolled();
  const { tokens } = await complete(await ticketOf(user), { recoveryCode: user.factor.recoveryCodes[0] });
  expect(await host.tokens.verify(tokens.accessToken)).toMatchObject({ acr: 'mfa', amr: ['pwd', 'mfa'] });
});

it('only who asks for it gets a trusted device', async () => {
  const user = await enrolled();
  await complete(await ticketOf(user), { code: user.factor.code() }, false);
  expect(host.eventsOf('device-trusted', user.id)).toEqual([]);
  host.clock.advance('30s');
  const { trustedDevice } = await complete(await ticketOf(user), { code: user.factor.code() }, true);
  expect(trustedDevice).toEqual(expect.any(String));
  expect(host.eventsOf('device-trusted', user.id)).toMatchObject([CLIENT]);
});

it('a wrong answer is recorded with its kind and its use, and five of them end the ticket', async () => {
  const user = await enrolled();
  const mfaToken = await ticketOf(user);
  for (const answer of [{ code: 'wrong' }, { recoveryCode: 'wrong' }, { code: 'x' }, { code: 'y' }]) {
    await expect(complete(mfaToken, answer)).rejects.toEqual(WRONG);
    host.clock.advance('60s');
  }
  await expect(complete(mfaToken, {})).rejects.toEqual(WRONG);
  await expect(complete(mfaToken, { code: user.factor.code() })).rejects.toEqual(INVALID);
  const failed = host.eventsOf('mfa-failed', user.id);
  expect(failed.map((event) => 'kind' in event && event.kind)).toEqual([
    'totp',
    'recovery-codes',
    'totp',
    'totp',
  ]);
  expect(failed[0]).toMatchObject({ use: 'login', ...CLIENT });
});

it('after five failures in a row the account waits, whatever the ticket, and that is recorded', async () => {
  const user = await enrolled();
  const fail = async () => complete(await ticketOf(user), { code: 'wrong' });
  for (let failures = 0; failures < 5; failures++) await expect(fail()).rejects.toEqual(WRONG);
  const waits = { code: 'RATE_LIMITED', retryAfter: expect.any(Number) };
  await expect(complete(await ticketOf(user), { code: user.factor.code() })).rejects.toMatchObject(waits);
  expect(host.eventsOf('throttled', user.id)).toMatchObject([{ limit: 'account', ...CLIENT }]);
});

it('a right answer makes up for failures', async () => {
  const user = await enrolled();
  const fail = async () => complete(await ticketOf(user), { code: 'wrong' });
  for (let round = 0; round < 3; round++) {
    for (let failures = 0; failures < 4; failures++) await expect(fail()).rejects.toEqual(WRONG);
    await complete(await ticketOf(user), { code: user.factor.code() });
    host.clock.advance('30s');
  }
});

it.each<[string, (id: string) => Promise<unknown>]>([
  ['the account is disabled', (id) => host.users.setDisabled(id, true)],
  ['the account is deleted', (id) => host.users.remove(id)],
  ['the password is another one', async (id) => host.users.setPasswordHash(id, await hashOf(id), 'other')],
  ['the password is turned off', async (id) => host.users.setPasswordHash(id, await hashOf(id), null)],
  ['the account has changed', (id) => host.states.raiseEpoch(id)],
  ['five minutes have passed', async () => host.clock.advance('5m')],
])('a ticket is dead once %s', async (_what, work) => {
  const user = await enrolled();
  const mfaToken = await ticketOf(user);
  await work(user.id);
  await expect(complete(mfaToken, { code: user.factor.code() })).rejects.toEqual(INVALID);
});
const hashOf = async (id: string) => (await host.users.findById(id))!.passwordHash;

it('a ticket that cannot be looked up is not dead', async () => {
  const user = await enrolled();
  const mfaToken = await ticketOf(user);
  const down = () => Promise.reject(new UnavailableError());
  const restore = before(host.app.get<AccountRecords>(AccountRecords).actions, ['find'], down);
  await expect(complete(mfaToken, { code: user.factor.code() })).rejects.toThrow(UnavailableError);
  restore();
  expect(await complete(mfaToken, { code: user.factor.code() })).toMatchObject({ outcome: 'signed-in' });
});

it('a ticket that is none is told like one that has expired', async () => {
  await expect(complete('lk_nothing', { code: '000000' })).rejects.toEqual(INVALID);
});
