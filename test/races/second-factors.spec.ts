import { randomBytes } from 'node:crypto';
import { AccountAdmin, type AuthEvent, AuthEvents, TokensService } from '../../src/index.js';
import { AccountRecords } from '../../src/actions/account-records.js';
import { TrustedDevices } from '../../src/mfa/trusted-devices.js';
import { Passwords } from '../../src/users/passwords.js';
import { type Answer, PASSWORD } from '../support/client.js';
import { type Host, startHost } from '../support/host-app.js';
import { createMigratedDatabase, type TestDatabase } from '../support/postgres.js';
import { RecordedMails, tokenFor } from '../support/recorded-mails.js';
import {
  addTotp,
  codeFor,
  enrolled,
  forgive,
  mfaOptions,
  register,
  rest,
  signIn,
  ticketFor,
  ticketsFor,
  wrongCode,
} from '../support/second-factors.js';
import { until } from '../support/until.js';

const ROUNDS = 8;
const OTHER = 'quite another long sentence';
const secret = () => randomBytes(48).toString('base64url');

/** Two instances of one app. */
let database: TestDatabase;
let one: Host;
let two: Host;
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
});
afterAll(async () => {
  await one?.close();
  await two?.close();
  await database?.drop();
});

const rounds = Array.from({ length: ROUNDS }, (_, round) => round);
/** Lets the one begin a little before the other, in each round by another time. */
const pause = (round: number, first: 0 | 1) =>
  new Promise((resolve) => setTimeout(resolve, round % 2 === first ? 0 : (round / ROUNDS) * 12));
const on = (index: number) => (index % 2 ? two : one).client;
const codes = (answers: { body: { error?: string }; status: number }[]) =>
  answers.map(({ status, body }) => `${status} ${body.error ?? ''}`.trim());

it('A239: one code passes once, at logins and step-ups on both instances', async () => {
  const user = await enrolled(one);
  const token = (await signIn(one, user)).body.accessToken as string;
  const tickets = await ticketsFor(one, user.email, 10);
  const code = codeFor(user.secret, 1);
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, i) =>
      i < 10
        ? on(i).post('/auth/login/mfa', { mfaToken: tickets[i], code })
        : on(i).post('/auth/step-up', { code }, { token }),
    ),
  );
  expect(codes(answers).filter((each) => each === '200')).toHaveLength(1);
});

it('A243: the budget is one for both instances', async () => {
  const user = await enrolled(one);
  const tickets = await ticketsFor(one, user.email, 20);
  const code = wrongCode(user.secret);
  const answers = await Promise.all(
    Array.from({ length: 80 }, (_, i) => on(i).post('/auth/login/mfa', { mfaToken: tickets[i % 20], code })),
  );
  const tried = codes(answers).filter((each) => each === '401 INVALID_CODE').length;
  expect(tried).toBeGreaterThan(0);
  expect(tried).toBeLessThanOrEqual(8);
});

it('A251: of two factors that are removed at once, both go or one stays, and the codes go with the last', async () => {
  for (const round of rounds) {
    const user = await enrolled(one);
    const { accessToken: token } = (await signIn(one, user)).body;
    const second = await addTotp(one, token);
    await rest(one, user.id);
    const sessions = [(await signIn(one, user)).body, (await signIn(one, user, 1)).body];
    const answers = await Promise.all(
      [user.factorId, second.factorId].map((id, i) =>
        pause(round, i as 0 | 1).then(() =>
          on(i).call(`/auth/factors/${id}`, { method: 'DELETE', token: sessions[i].accessToken }),
        ),
      ),
    );
    const rows = await one.database.query('SELECT kind FROM auth_factors WHERE user_id = $1', [user.id]);
    const gone = answers.filter(({ status }) => status === 204).length;
    expect([1, 2]).toContain(gone);
    expect(rows).toHaveLength(gone === 2 ? 0 : 2);
    // A session that is left has not kept what it had proven.
    for (const { refreshToken } of sessions) {
      const { status, body } = await two.client.post('/auth/refresh', { refreshToken });
      if (status !== 200 || gone < 2) continue;
      const claims = JSON.parse(Buffer.from(body.accessToken.split('.')[1], 'base64url').toString());
      expect(claims.acr).toBe('pwd');
    }
  }
});

it.each<[string, (user: { id: string; link: string }) => Promise<unknown>]>([
  ['a new password', ({ link }) => on(1).post('/auth/password/reset', { token: link, newPassword: OTHER })],
  ['disabling', ({ id }) => two.app.get(AccountAdmin).disable(id)],
])('%s during the second step of a login leaves neither a session nor a trusted device', async (_, end) => {
  for (const round of rounds) {
    const user = await enrolled(one);
    await one.client.post('/auth/password/forgot', { email: user.email });
    const link = await tokenFor(one, user.email, 'reset-password');
    const mfaToken = await ticketFor(one, user.email);
    const second = { mfaToken, code: codeFor(user.secret), trustDevice: true };
    const [login] = await Promise.all([
      pause(round, 0).then(() => one.client.post('/auth/login/mfa', second)),
      pause(round, 1).then(() => end({ id: user.id, link })),
    ]);
    const { refreshToken = 'none' } = login.body;
    expect((await two.client.post('/auth/refresh', { refreshToken })).status).toBe(401);
    expect(await one.app.get(TrustedDevices).listOf(user.id)).toEqual([]);
    const late = await two.client.post('/auth/login/mfa', { ...second, code: codeFor(user.secret, 1) });
    expect(late.body.error).toBe('ACTION_TOKEN_INVALID');
  }
});

it('A254: a device is not trusted if the account has changed since the factor was proven', async () => {
  const user = await enrolled(one);
  const devices = one.app.get(TrustedDevices);
  const { states } = one.app.get<AccountRecords>(AccountRecords);
  const trust = devices.trust.bind(devices);
  devices.trust = async (...about) => {
    await states.raiseEpoch(user.id);
    return trust(...about);
  };
  const mfaToken = await ticketFor(one, user.email);
  const second = { mfaToken, code: codeFor(user.secret), trustDevice: true };
  const { cookies } = await one.client.post('/auth/login/mfa', second).finally(() => {
    devices.trust = trust;
  });
  await forgive(one, user.id);
  const cookie = `trusted=${cookies.trusted!.value}`;
  const credentials = { email: user.email, password: PASSWORD };
  const next = await one.client.post('/auth/login', credentials, { cookie });
  expect(next.body.error).toBe('MFA_REQUIRED');
});

describe('a change of factors that waits for another change of the account', () => {
  /** Holds the account while `request` waits for it, then does `meanwhile` in the transaction that held it. */
  async function overtaken<T>(userId: string, request: () => Promise<T>, meanwhile: string[]): Promise<T> {
    const holder = one.database.createQueryRunner();
    await holder.startTransaction();
    try {
      const lock =
        'INSERT INTO auth_accounts (user_id) VALUES ($1) ON CONFLICT (user_id) DO UPDATE SET epoch = auth_accounts.epoch';
      await holder.query(lock, [userId]);
      const waiting = request();
      await until(async () => {
        const rows = (await one.database.query(
          "SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%auth_accounts%' AND datname = current_database()",
        )) as unknown[];
        return rows.length > 0;
      });
      for (const sql of meanwhile) await holder.query(sql, [userId]);
      await holder.commitTransaction();
      return await waiting;
    } finally {
      await holder.release();
    }
  }
  const RAISED = 'UPDATE auth_accounts SET epoch = epoch + 1 WHERE user_id = $1';
  const ENDED = 'UPDATE refresh_tokens SET revoked_at = clock_timestamp() WHERE user_id = $1';
  const factorsOf = async (userId: string) =>
    (await one.database.query(
      "SELECT id FROM auth_factors WHERE user_id = $1 AND kind = 'totp' AND confirmed_at IS NOT NULL",
      [userId],
    )) as unknown[];

  it('adds nothing if its session has ended meanwhile, as a new password ends it', async () => {
    const { id, token } = await register(one);
    const begun = await one.client.post('/auth/totp', {}, { token });
    const confirm = () =>
      one.client.post(`/auth/totp/${begun.body.id}/confirm`, { code: codeFor(begun.body.secret) }, { token });
    expect(codes([await overtaken(id, confirm, [ENDED, RAISED])])).toEqual(['401 TOKEN_REVOKED']);
    expect(await factorsOf(id)).toEqual([]);
  });

  it('adds nothing if there is another factor meanwhile, which its session has not proven', async () => {
    const { id, token } = await register(one);
    await one.client.post('/auth/totp', { name: 'other' }, { token });
    const begun = await one.client.post('/auth/totp', {}, { token });
    const confirm = () =>
      one.client.post(`/auth/totp/${begun.body.id}/confirm`, { code: codeFor(begun.body.secret) }, { token });
    const added = `UPDATE auth_factors SET confirmed_at = now() WHERE user_id = $1 AND name = 'other'`;
    expect(codes([await overtaken(id, confirm, [added, RAISED])])).toEqual(['401 STEP_UP_REQUIRED']);
    expect(await factorsOf(id)).toHaveLength(1);
  });

  it('adds the factor if the session goes on', async () => {
    const { id, token } = await register(one);
    const begun = await one.client.post('/auth/totp', {}, { token });
    const confirm = () =>
      one.client.post(`/auth/totp/${begun.body.id}/confirm`, { code: codeFor(begun.body.secret) }, { token });
    expect((await overtaken(id, confirm, [RAISED])).status).toBe(200);
    expect(await factorsOf(id)).toHaveLength(1);
  });

  it('ends the sessions that began by password alone, where the factor before was removed meanwhile', async () => {
    const user = await enrolled(one);
    const token = (await signIn(one, user)).body.accessToken as string;
    const begun = await one.client.post('/auth/totp', {}, { token });
    const confirm = () =>
      one.client.post(`/auth/totp/${begun.body.id}/confirm`, { code: codeFor(begun.body.secret) }, { token });
    const account = (await one.app.get(AccountAdmin).find(user.id))!;
    const other = (await one.app.get(TokensService).issue(account)).accessToken;
    const removed = 'DELETE FROM auth_factors WHERE user_id = $1 AND confirmed_at IS NOT NULL';
    expect((await overtaken(user.id, confirm, [removed])).status).toBe(200);
    expect(codes([await one.client.get('/auth/me', { token: other })])).toEqual(['401 TOKEN_REVOKED']);
    expect((await one.client.get('/auth/me', { token })).status).toBe(200);
  });
});

describe('an account that is disabled while its owner logs in', () => {
  /** Disables it once, where `method` of a part of the app has been called, or is being called. */
  async function disabledAt<Part extends object, Name extends keyof Part>(
    part: Part,
    method: Name,
    moment: 'before' | 'after',
    { id, request }: { id: string; request: () => Promise<Answer> },
  ) {
    const heard: AuthEvent[] = [];
    const stop = one.app.get(AuthEvents).subscribe((event) => void heard.push(event));
    const original = part[method] as (...about: unknown[]) => Promise<unknown>;
    const restore = () => void (part[method] = original as Part[Name]);
    const disable = () => {
      restore();
      return one.app.get(AccountAdmin).disable(id);
    };
    part[method] = (async (...about: unknown[]) => {
      if (moment === 'before') await disable();
      const result = await original.apply(part, about);
      if (moment === 'after') await disable();
      return result;
    }) as Part[Name];
    const answer = await request().finally(restore);
    stop();
    expect(codes([answer])).toEqual(['401 INVALID_CREDENTIALS']);
    expect(await one.app.get(TokensService).sessionsOf(id)).toEqual([]);
    const events = heard.filter(({ userId }) => userId === id);
    expect(events.at(-1)).toMatchObject({ type: 'login-failed', reason: 'disabled' });
    return events.map(({ type }) => type).filter((type) => type !== 'session-ended');
  }
  const logIn = (email: string) => () => one.client.post('/auth/login', { email, password: PASSWORD });

  it('is refused after the right password, and the session that has started is ended', async () => {
    const { id, email } = await register(one);
    const passwords = one.app.get(Passwords);
    const events = await disabledAt(passwords, 'verify', 'after', { id, request: logIn(email) });
    expect(events).toEqual(['user-disabled', 'logged-out', 'login-failed']);
  });

  it('gets no ticket for the second step', async () => {
    const { id, email } = await enrolled(one);
    const passwords = one.app.get(Passwords);
    const events = await disabledAt(passwords, 'verify', 'after', { id, request: logIn(email) });
    expect(events).toEqual(['user-disabled', 'login-failed']);
  });

  it('is refused after the right code, and the session that has started is ended', async () => {
    const user = await enrolled(one);
    const mfaToken = await ticketFor(one, user.email);
    const second = { mfaToken, code: codeFor(user.secret), trustDevice: true };
    const request = () => one.client.post('/auth/login/mfa', second);
    const tokens = one.app.get(TokensService);
    const events = await disabledAt(tokens, 'startSession', 'before', { id: user.id, request });
    expect(events).toEqual(['user-disabled', 'logged-out', 'login-failed']);
    expect(await one.app.get(TrustedDevices).listOf(user.id)).toEqual([]);
  });
});
