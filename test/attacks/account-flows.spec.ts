import { randomBytes } from 'node:crypto';
import { AccountAdmin, PasswordReset, UserStore } from '../../src/index.js';
import { inMemoryAuth, InMemoryUserStore } from '../../src/testing/index.js';
import { newEmail, PASSWORD } from '../support/client.js';
import { type Host, startHost } from '../support/host-app.js';
import { createMigratedDatabase, type TestDatabase } from '../support/postgres.js';
import { mailsTo, RecordedMails, tokenFor } from '../support/recorded-mails.js';

const OTHER = 'quite another long sentence';
const ACT = { status: 400, body: { error: 'ACTION_TOKEN_INVALID' } };

describe('attacks on accounts by mail, on two instances', () => {
  let database: TestDatabase;
  let hosts: [Host, Host];
  let host: Host;
  beforeAll(async () => {
    database = await createMigratedDatabase();
    const secret = () => randomBytes(48).toString('base64url');
    const jwt = { accessSecret: secret(), refreshSecret: secret() };
    const start = () =>
      startHost({
        databaseUrl: database.url,
        options: { jwt, publicUrl: 'https://auth.example.com', accounts: { verification: 'optional' } },
        parts: { accountMails: RecordedMails },
      });
    hosts = [await start(), await start()];
    host = hosts[0];
  });
  afterAll(async () => {
    for (const each of hosts ?? []) await each.close();
    await database?.drop();
  });

  const post = (path: string, body: object, token?: string, on = host) =>
    on.client.post(path, body, { token });
  const login = (email: string, password: string, on = host) =>
    post('/auth/login', { email, password }, undefined, on);
  const reset = (token: string, newPassword = OTHER, on = host) =>
    post('/auth/password/reset', { token, newPassword }, undefined, on);
  const register = async () => {
    const email = newEmail();
    const { body } = await post('/auth/register', { email, password: PASSWORD });
    return {
      email,
      id: body.user.id as string,
      token: body.accessToken as string,
      refreshToken: body.refreshToken as string,
    };
  };
  const forgotten = async (email: string) => {
    await post('/auth/password/forgot', { email });
    return tokenFor(host, email, 'reset-password');
  };
  const setAddress = async (email: string, newEmailAddress: string, token: string) => {
    await post('/auth/email', { newEmail: newEmailAddress }, token);
    const link = await tokenFor(host, newEmailAddress, 'email-change-confirm');
    expect((await post('/auth/email/confirm', { token: link })).status).toBe(204);
    return tokenFor(host, email, 'email-changed');
  };

  it('A201: of 50 resets with one token on two instances one succeeds, and its password works', async () => {
    const { email } = await register();
    const token = await forgotten(email);
    const passwords = Array.from({ length: 50 }, (_, i) => `a long sentence, number ${i}`);
    const answers = await Promise.all(passwords.map((each, i) => reset(token, each, hosts[i % 2])));
    const winners = answers.flatMap(({ status }, i) => (status === 204 ? [i] : []));
    expect(winners).toHaveLength(1);
    for (const answer of answers.filter(({ status }) => status !== 204)) expect(answer).toMatchObject(ACT);
    expect((await login(email, passwords[winners[0]!]!)).status).toBe(200);
    expect((await login(email, passwords[(winners[0]! + 1) % 50]!)).status).toBe(401);
    expect(await reset(token)).toMatchObject(ACT);
  });

  it('A203: of two links both work until one is used', async () => {
    const { email } = await register();
    const [older, newer] = [await forgotten(email), await forgotten(email)];
    expect((await reset(older)).status).toBe(204);
    expect(await reset(newer, 'a third long sentence')).toMatchObject(ACT);
  });

  it.each<[string, (account: Awaited<ReturnType<typeof register>>) => Promise<unknown>]>([
    [
      'the password was changed',
      ({ token }) =>
        post('/auth/password', { currentPassword: PASSWORD, newPassword: 'a third long sentence' }, token),
    ],
    ['the address was changed', ({ email, token }) => setAddress(email, newEmail(), token)],
    ['the account was disabled', ({ id }) => host.app.get(AccountAdmin).disable(id)],
    [
      'the account was disabled and enabled again',
      async ({ id }) => {
        await host.app.get(AccountAdmin).disable(id);
        await host.app.get(AccountAdmin).enable(id);
      },
    ],
    ['the account was closed', ({ token }) => host.client.call('/auth/me', { method: 'DELETE', token })],
    ['the account was deleted', ({ id }) => host.app.get(AccountAdmin).remove(id)],
  ])('A204: a pending reset is dead once %s', async (_, change) => {
    const account = await register();
    const link = await forgotten(account.email);
    await change(account);
    expect(await reset(link)).toMatchObject(ACT);
    expect(await reset(link, OTHER, hosts[1])).toMatchObject(ACT);
  });

  it('A205: a weak password leaves the link usable', async () => {
    const { email } = await register();
    const link = await forgotten(email);
    for (const weak of ['short', 'passwordpassword', email.repeat(2), ''])
      expect(await reset(link, weak)).toMatchObject({ status: 400, body: { error: 'VALIDATION_FAILED' } });
    expect((await reset(link)).status).toBe(204);
  });

  it('A207: no session survives a reset, not even of logins in flight on the other instance', async () => {
    const { email, token, refreshToken } = await register();
    const link = await forgotten(email);
    const logins = Array.from({ length: 10 }, () => login(email, PASSWORD, hosts[1]));
    const [done, ...others] = await Promise.all([reset(link), ...logins]);
    expect(done.status).toBe(204);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    for (const { body } of [...others, { body: { accessToken: token, refreshToken } }]) {
      if (!body.accessToken) continue;
      expect((await hosts[1].client.get('/auth/me', { token: body.accessToken })).status).toBe(401);
      expect(
        (await post('/auth/refresh', { refreshToken: body.refreshToken }, undefined, hosts[1])).status,
      ).toBe(401);
    }
  });

  it('A209, A224: a reset gives a squatted account to the owner of its address', async () => {
    const squatter = await register();
    const attackers = newEmail();
    await post('/auth/email', { newEmail: attackers }, squatter.token);
    const theirLink = await tokenFor(host, attackers, 'email-change-confirm');
    expect((await reset(await forgotten(squatter.email))).status).toBe(204);
    expect((await host.client.get('/auth/me', { token: squatter.token })).status).toBe(401);
    expect(await post('/auth/email/confirm', { token: theirLink })).toMatchObject(ACT);
    const [state] = await host.database.query('SELECT proven_email FROM auth_accounts WHERE user_id = $1', [
      squatter.id,
    ]);
    expect(state.proven_email).toBe(squatter.email);
  });

  it('A212: GET and HEAD of the routes behind the links consume nothing', async () => {
    const { email } = await register();
    const link = await forgotten(email);
    for (const method of ['GET', 'HEAD'])
      for (const path of ['/auth/password/reset', '/auth/email/verify', '/auth/email/confirm'])
        expect((await host.client.call(`${path}?token=${link}`, { method })).status).toBe(404);
    expect((await reset(link)).status).toBe(204);
  });

  it('A216: known, unknown, disabled and closed addresses get the same answer, and the same statements', async () => {
    const [known, disabled, closed] = [await register(), await register(), await register()];
    await host.app.get(AccountAdmin).disable(disabled.id);
    await host.client.call('/auth/me', { method: 'DELETE', token: closed.token });
    const shapes = [];
    for (const email of [known.email, disabled.email, closed.email, newEmail()]) {
      const [before] = await host.database.query('SELECT count(*)::int AS n FROM auth_actions');
      const { status, body, headers } = await post('/auth/password/forgot', { email });
      const [after] = await host.database.query('SELECT count(*)::int AS n FROM auth_actions');
      const names = [...headers].filter(([name]) => name !== 'date');
      shapes.push({ status, body, names, actions: after.n - before.n });
    }
    for (const shape of shapes) expect(shape).toEqual(shapes[0]);
    for (const { email } of [disabled, closed])
      expect((await mailsTo(host, email)).map(({ template }) => template)).not.toContain('reset-password');
  });

  it('A222: the database holds no token that was mailed', async () => {
    const account = await register();
    const tokens = [await forgotten(account.email), await tokenFor(host, account.email, 'verify-email')];
    const next = newEmail();
    await post('/auth/email', { newEmail: next }, account.token);
    tokens.push(await tokenFor(host, next, 'email-change-confirm'));
    const rows = await host.database.query(
      `SELECT to_jsonb(auth_actions) AS row FROM auth_actions UNION ALL SELECT to_jsonb(auth_events) FROM auth_events
       UNION ALL SELECT mail FROM recorded_mails`,
    );
    const dump = JSON.stringify(rows);
    for (const token of tokens) {
      const secret = Buffer.from(token.slice(25), 'base64url');
      for (const text of [token, token.slice(25), secret.toString('hex'), secret.toString('base64')])
        expect(dump).not.toContain(text);
    }
  });

  it('A230: a link that proves an address is dead once the account has another one', async () => {
    const { email, token } = await register();
    const link = await tokenFor(host, email, 'verify-email');
    await setAddress(email, newEmail(), token);
    expect(await post('/auth/email/verify', { token: link })).toMatchObject(ACT);
  });

  it('A232: a change to the own, a taken or a free address looks the same', async () => {
    const [account, owner] = [await register(), await register()];
    const answers = [];
    for (const address of [
      account.email,
      account.email.toUpperCase(),
      owner.email,
      newEmail(),
      'user1@еxample.com',
    ])
      answers.push(await post('/auth/email', { newEmail: address }, account.token));
    for (const { status, body, headers } of answers) {
      expect([status, body]).toEqual([202, '']);
      expect([...headers.keys()]).toEqual([...answers[0]!.headers.keys()]);
    }
    expect((await mailsTo(host, owner.email)).map(({ template }) => template)).toEqual([
      'verify-email',
      'address-taken',
    ]);
    expect(
      (await mailsTo(host, account.email)).filter(({ template }) => template === 'email-change-confirm'),
    ).toEqual([]);
  });

  it('A234: the owner undoes two changes of a thief at once, who cannot undo that; the address stays reserved', async () => {
    const { email, token } = await register();
    const [first, second] = [newEmail(), newEmail()];
    const undo = await setAddress(email, first, token);
    const thiefs = await setAddress(first, second, token);
    for (const path of ['/auth/register'])
      expect((await post(path, { email, password: PASSWORD })).body.error).toBe('EMAIL_TAKEN');
    const other = await register();
    expect((await post('/auth/email', { newEmail: email }, other.token)).status).toBe(202);
    expect((await mailsTo(host, email)).map(({ template }) => template)).not.toContain(
      'email-change-confirm',
    );
    expect((await post('/auth/email/undo', { token: undo })).status).toBe(204);
    expect((await host.client.get('/auth/me', { token })).status).toBe(401);
    expect(await post('/auth/email/undo', { token: undo })).toMatchObject(ACT);
    expect(await post('/auth/email/undo', { token: thiefs })).toMatchObject(ACT);
    expect((await reset(await tokenFor(host, email, 'reset-password'))).status).toBe(204);
    expect((await login(email, OTHER)).status).toBe(200);
  });

  it('A234: after seven days a change cannot be undone, and the old address is free', async () => {
    const { email, id, token } = await register();
    const undo = await setAddress(email, newEmail(), token);
    const later = (days: string) =>
      host.database.query(
        `UPDATE auth_actions SET expires_at = expires_at - $2::interval WHERE user_id = $1 AND purpose = 'undo-email'`,
        [id, days],
      );
    await later('6 days 23 hours');
    expect((await post('/auth/register', { email, password: PASSWORD })).status).toBe(409);
    await later('1 hour');
    expect(await post('/auth/email/undo', { token: undo })).toMatchObject(ACT);
    expect((await post('/auth/register', { email, password: PASSWORD })).status).toBe(201);
  });

  it('A235: everything of a closed account is dead on the other instance within a second', async () => {
    const { email, token, refreshToken } = await register();
    const link = await forgotten(email);
    await host.client.call('/auth/me', { method: 'DELETE', token });
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect((await hosts[1].client.get('/auth/me', { token })).status).toBe(401);
    expect((await post('/auth/refresh', { refreshToken }, undefined, hosts[1])).status).toBe(401);
    expect(await reset(link, OTHER, hosts[1])).toMatchObject(ACT);
    expect((await login(email, PASSWORD, hosts[1])).body.error).toBe('INVALID_CREDENTIALS');
  });
});

it('A218: one mailbox gets three mails an hour, however often and from wherever they are asked for', async () => {
  const host = await startHost({
    options: {
      publicUrl: 'https://auth.example.com',
      accounts: {},
      rateLimits: { mails: { limit: 1_000, per: '1h' } },
      accountProtection: false,
    },
    parts: { accountMails: RecordedMails },
  });
  const email = newEmail();
  await host.client.post('/auth/register', { email, password: PASSWORD });
  for (let i = 0; i < 30; i++)
    expect((await host.client.post('/auth/password/forgot', { email })).status).toBe(202);
  expect(await mailsTo(host, email)).toHaveLength(3);
  await host.close();
});

describe('a host with a user store of its own', () => {
  it('names every method that is missing when it starts', async () => {
    class Lacking extends InMemoryUserStore {}
    for (const name of ['setPasswordHash', 'setName'])
      Object.defineProperty(Lacking.prototype, name, { value: undefined });
    const start = startHost({
      options: { publicUrl: 'https://auth.example.com', accounts: {} },
      parts: { userStore: Lacking },
    });
    await expect(start).rejects.toThrow(/setPasswordHash(.|\n)*setName(.|\n)*needs the option mail/);
  });

  it('gets a link back if its store fails to change the password', async () => {
    let fails = true;
    class Failing extends InMemoryUserStore {
      override async setPasswordHash(...change: Parameters<InMemoryUserStore['setPasswordHash']>) {
        if (fails) throw new Error('no');
        return super.setPasswordHash(...change);
      }
    }
    const host = await startHost({
      options: { publicUrl: 'https://auth.example.com', accounts: {} },
      parts: { userStore: Failing, accountMails: RecordedMails },
    });
    const email = newEmail();
    await host.client.post('/auth/register', { email, password: PASSWORD });
    await host.client.post('/auth/password/forgot', { email });
    const token = await tokenFor(host, email, 'reset-password');
    const reset = () => host.client.post('/auth/password/reset', { token, newPassword: OTHER });
    expect((await reset()).status).toBe(500);
    fails = false;
    expect((await reset()).status).toBe(204);
    expect((await host.client.post('/auth/login', { email, password: OTHER })).status).toBe(200);
    await host.close();
  });

  it('has the same flows with everything in memory', async () => {
    const { Test } = await import('@nestjs/testing');
    const { AuthModule, ActionSecrets } = await import('../../src/index.js');
    const sent: { template: string; actionId?: string }[] = [];
    class Mails {
      async enqueue(mail: { template: string; actionId?: string }) {
        sent.push(mail);
      }
    }
    const options = inMemoryAuth({
      publicUrl: 'https://auth.example.com',
      accounts: {},
      accountMails: Mails,
    });
    const app = await Test.createTestingModule({ imports: [AuthModule.forRoot(options)] }).compile();
    const users = app.get<InMemoryUserStore>(UserStore, { strict: false });
    const { id } = (await users.create({ email: 'ada@example.com', name: null, passwordHash: null }))!;
    const resets = app.get(PasswordReset);
    await resets.request('nobody@example.com');
    await resets.request('Ada@example.com');
    expect(sent.map(({ template }) => template)).toEqual(['reset-password']);
    const token = (await app.get(ActionSecrets).issue(sent[0]!.actionId!))!;
    await resets.reset({ token, newPassword: OTHER });
    expect((await users.findById(id))!.passwordHash).not.toBeNull();
    await expect(resets.reset({ token, newPassword: OTHER })).rejects.toMatchObject({
      code: 'ACTION_TOKEN_INVALID',
    });
    await app.close();
  });
});
