import { randomBytes } from 'node:crypto';
import { FactorReset } from '../../src/index.js';
import { DueFactorResets } from '../../src/mfa/due-factor-resets.js';
import { newEmail, PASSWORD } from '../support/client.js';
import { type Host, startHost } from '../support/host-app.js';
import { createMigratedDatabase, type TestDatabase } from '../support/postgres.js';
import { mailsTo, RecordedMails, tokenFor } from '../support/recorded-mails.js';
import { codeFor, enrolled, mfaOptions, rest, signIn, ticketFor } from '../support/second-factors.js';

const ROUNDS = 12;
const secret = () => randomBytes(48).toString('base64url');

/** Two instances of one app. */
let database: TestDatabase;
let one: Host;
let two: Host;
/** Another instance, whose requests share one connection. */
let narrow: Host;
beforeAll(async () => {
  database = await createMigratedDatabase();
  const options = {
    mfa: mfaOptions(),
    accounts: {},
    publicUrl: 'https://auth.example.com',
    jwt: { accessSecret: secret(), refreshSecret: secret() },
    cleanupEvery: '0s',
  } as const;
  const settings = { databaseUrl: database.url, options, parts: { accountMails: RecordedMails } };
  one = await startHost(settings);
  two = await startHost(settings);
  narrow = await startHost({ ...settings, poolSize: 1 });
});
afterAll(async () => {
  await one?.close();
  await two?.close();
  await narrow?.close();
  await database?.drop();
});

const rounds = Array.from({ length: ROUNDS }, (_, round) => round);
/** Lets the one begin a little before the other, in each round by another time. */
const pause = (round: number, first: 0 | 1) =>
  new Promise((resolve) => setTimeout(resolve, round % 2 === first ? 0 : (round / ROUNDS) * 12));

async function withDueReset() {
  const user = await enrolled(one);
  await one.app.get(FactorReset).request(user.id);
  const link = await tokenFor(one, user.email, 'factors-reset-requested');
  await one.database.query(
    `UPDATE auth_accounts SET factors_reset_at = factors_reset_at - interval '25 hours' WHERE user_id = $1`,
    [user.id],
  );
  const told = (await mailsTo(one, user.email)).length;
  return { user, link, told };
}

const carryOut = (host: Host, userId: string) => host.app.get(DueFactorResets).carryOut(userId);

it('a reset that is due and the link that cancels it: one of them wins, completely', async () => {
  for (const round of rounds) {
    const { user, link, told } = await withDueReset();
    const [canceled, isDone] = await Promise.all([
      pause(round, 0).then(() => one.client.post('/auth/factors/reset/cancel', { token: link })),
      pause(round, 1).then(() => carryOut(two, user.id)),
    ]);
    expect(canceled.status).toBe(isDone ? 400 : 204);
    const mails = (await mailsTo(one, user.email)).slice(told);
    const login = await one.client.post('/auth/login', { email: user.email, password: PASSWORD });
    const session = await one.client.post('/auth/refresh', { refreshToken: user.refreshToken });
    expect({ login: login.status, session: session.status, mails: mails.length }).toEqual(
      isDone ? { login: 200, session: 401, mails: 1 } : { login: 401, session: 200, mails: 0 },
    );
    expect(await one.app.get(FactorReset).pendingFor(user.id)).toBeNull();
  }
});

it('a reset that two instances carry out happens once, and its owner gets one mail', async () => {
  for (const round of rounds) {
    const { user, told } = await withDueReset();
    await Promise.all([
      pause(round, 0).then(() => carryOut(one, user.id)),
      pause(round, 1).then(() => carryOut(two, user.id)),
    ]);
    expect((await mailsTo(one, user.email)).slice(told)).toHaveLength(1);
    const [{ epoch, factors_reset_at: resetsAt }] = await one.database.query(
      'SELECT epoch, factors_reset_at FROM auth_accounts WHERE user_id = $1',
      [user.id],
    );
    // One for the factor that was added, one for its removal.
    expect({ epoch, resetsAt }).toEqual({ epoch: 2, resetsAt: null });
  }
});

it('a reset needs only one connection', async () => {
  const { user } = await withDueReset();
  expect(await carryOut(narrow, user.id)).toBe(true);
  expect(await narrow.app.get(FactorReset).listOf(user.id)).toEqual([]);
});

it('a login with a factor during its removal leaves no session behind', async () => {
  for (const round of rounds) {
    const { user } = await withDueReset();
    await rest(one, user.id);
    const mfaToken = await ticketFor(one, user.email);
    const [login] = await Promise.all([
      pause(round, 0).then(() =>
        one.client.post('/auth/login/mfa', { mfaToken, code: codeFor(user.secret) }),
      ),
      pause(round, 1).then(() => carryOut(two, user.id)),
    ]);
    const { refreshToken = 'none' } = login.body;
    expect((await two.client.post('/auth/refresh', { refreshToken })).status).toBe(401);
  }
});

it('A250: no change of address is left to be confirmed after a recovery at the same moment', async () => {
  for (const round of rounds) {
    const user = await enrolled(one);
    const { accessToken: token } = (await signIn(one, user)).body;
    const mfaToken = await ticketFor(one, user.email);
    const [change, recovery] = await Promise.all([
      pause(round, 0).then(() => one.client.post('/auth/email', { newEmail: newEmail() }, { token })),
      pause(round, 1).then(() =>
        two.client.post('/auth/login/mfa', { mfaToken, recoveryCode: user.recoveryCodes[0] }),
      ),
    ]);
    expect(recovery.status).toBe(200);
    expect([202, 401]).toContain(change.status);
    const left = await one.database.query(
      `SELECT 1 FROM auth_actions WHERE user_id = $1 AND purpose = 'change-email' AND consumed_at IS NULL`,
      [user.id],
    );
    expect(left).toEqual([]);
  }
});

it('A250: an account is closed or recovered, never both', async () => {
  for (const round of rounds) {
    const user = await enrolled(one);
    const { accessToken: token } = (await signIn(one, user)).body;
    const mfaToken = await ticketFor(one, user.email);
    const [closing, recovery] = await Promise.all([
      pause(round, 0).then(() => one.client.call('/auth/me', { method: 'DELETE', token })),
      pause(round, 1).then(() =>
        two.client.post('/auth/login/mfa', { mfaToken, recoveryCode: user.recoveryCodes[0] }),
      ),
    ]);
    expect([closing.status === 202, recovery.status === 200].filter(Boolean)).toHaveLength(1);
  }
});
