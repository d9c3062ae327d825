import { randomUUID } from 'node:crypto';
import { AccountAdmin, RevocationList, SessionShards, TokensService } from '../../src/index.js';
import { shardOf } from '../../src/sessions/shards/shard-number.js';
import { newEmail, PASSWORD } from '../support/client.js';
import { type DatabaseGate, openGate } from '../support/database-gate.js';
import { type Host, startHost } from '../support/host-app.js';
import { createDatabase, createMigratedDatabase, type TestDatabase } from '../support/postgres.js';
import { RecordedMails, tokenFor } from '../support/recorded-mails.js';
import { until } from '../support/until.js';

describe('while a shard is lost', () => {
  let databases: TestDatabase[];
  let mainGate: DatabaseGate;
  let gate: DatabaseGate;
  let host: Host;
  beforeAll(async () => {
    databases = [await createMigratedDatabase(), await createDatabase(), await createDatabase()];
    mainGate = await openGate(databases[0]!.url);
    gate = await openGate(databases[1]!.url);
    host = await startHost({
      databaseUrl: mainGate.url,
      options: {
        publicUrl: 'https://auth.example.com',
        accounts: { verification: 'optional' },
        sessions: { shards: [gate.url, databases[2]!.url] },
        revocation: { maxStaleness: '2s' },
      },
      parts: { accountMails: RecordedMails },
    });
    await until(async () => (await register()).shard > 0);
  });
  afterAll(async () => {
    await host?.close();
    for (const each of [mainGate, gate]) await each?.close();
    for (const database of databases ?? []) await database.drop();
  });
  afterEach(async () => {
    await gate.open();
    await mainGate.open();
    await until(async () => (await register()).shard === 1);
  });

  const post = (path: string, body: object, token?: string) => host.client.post(path, body, { token });
  const statusOf = async (token: string) => (await host.client.get('/auth/me', { token })).status;

  function sessionOf({ body }: Awaited<ReturnType<typeof post>>) {
    const token = body.accessToken as string;
    const claims = JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as { sid: string };
    return { token, refreshToken: body.refreshToken as string, sid: claims.sid, shard: shardOf(claims.sid) };
  }

  async function register() {
    const email = newEmail();
    const answer = await post('/auth/register', { email, password: PASSWORD });
    return { email, id: answer.body.user.id as string, ...sessionOf(answer) };
  }

  /** A user with a session in each of the shards. */
  async function userInBoth() {
    const { email, id } = await register();
    const logIn = async (shard: number) => {
      for (;;) {
        const session = sessionOf(await post('/auth/login', { email, password: PASSWORD }));
        if (session.shard === shard) return session;
      }
    };
    return { email, id, lost: await logIn(1), here: await logIn(2) };
  }

  const back = async ({ token, refreshToken }: { token: string; refreshToken: string }) => {
    await gate.open();
    await until(async () => (await statusOf(token)) !== 503);
    return [await statusOf(token), (await post('/auth/refresh', { refreshToken })).status];
  };

  it('an address is taken back, and all sessions end', async () => {
    const { email, lost, here } = await userInBoth();
    const newAddress = newEmail();
    await post('/auth/email', { newEmail: newAddress }, here.token);
    await post('/auth/email/confirm', { token: await tokenFor(host, newAddress, 'email-change-confirm') });
    const thief = await post('/auth/login', { email: newAddress, password: PASSWORD }).then(sessionOf);
    const token = await tokenFor(host, email, 'email-changed');
    await gate.refuse();
    expect((await post('/auth/email/undo', { token })).status).toBe(204);
    for (const each of [lost, here, thief]) expect(await back(each)).toEqual([401, 401]);
  });

  it('an address is changed, and all sessions end, also the own one', async () => {
    const { lost, here } = await userInBoth();
    const newAddress = newEmail();
    await post('/auth/email', { newEmail: newAddress }, here.token);
    const token = await tokenFor(host, newAddress, 'email-change-confirm');
    await gate.refuse();
    expect((await post('/auth/email/confirm', { token })).status).toBe(204);
    for (const each of [lost, here]) expect(await back(each)).toEqual([401, 401]);
  });

  it('a user is disabled, and has no session when it is back and they are enabled', async () => {
    const admin = host.app.get(AccountAdmin);
    const { id, lost, here } = await userInBoth();
    await gate.refuse();
    await admin.disable(id);
    await admin.enable(id);
    for (const each of [lost, here]) expect(await back(each)).toEqual([401, 401]);
  });

  it('an account is closed, and its sessions do not live again when it is reopened', async () => {
    const { email, lost, here } = await userInBoth();
    await gate.refuse();
    const closed = await host.client.call('/auth/me', {
      method: 'DELETE',
      body: { password: PASSWORD },
      token: here.token,
    });
    expect(closed.status).toBeLessThan(300);
    const token = await tokenFor(host, email, 'account-closing');
    expect((await post('/auth/me/restore', { token })).status).toBe(204);
    for (const each of [lost, here]) expect(await back(each)).toEqual([401, 401]);
  });

  it('all sessions of a user id end', async () => {
    const { id, lost, here } = await userInBoth();
    const live = await host.app.get(TokensService).sessionsOf(id);
    await gate.refuse();
    const reachable = live.filter((session) => shardOf(session.id) !== 1);
    expect(await host.app.get(AccountAdmin).endSessionsOf(id)).toBe(reachable.length);
    for (const each of [lost, here]) expect(await back(each)).toEqual([401, 401]);
  });

  it('a password is reset and changed, and all sessions end, also the own one', async () => {
    const { email, lost, here } = await userInBoth();
    await post('/auth/password/forgot', { email });
    const token = await tokenFor(host, email, 'reset-password');
    await gate.refuse();
    const newPassword = 'quite another long sentence';
    expect((await post('/auth/password/reset', { token, newPassword })).status).toBe(204);
    await new Promise((resolve) => setTimeout(resolve, 1_000)); // tokens say in whole seconds when their session began
    const own = await post('/auth/login', { email, password: newPassword }).then(sessionOf);
    expect(own.shard).not.toBe(1);
    expect(await statusOf(own.token)).toBe(200);
    const change = { currentPassword: newPassword, newPassword: 'a third one that is as long' };
    const changed = await host.client.call('/auth/password', {
      method: 'POST',
      body: change,
      token: own.token,
    });
    expect(changed.status).toBeLessThan(300);
    for (const each of [lost, here, own]) expect(await back(each)).toEqual([401, 401]);
  });

  it('nothing but its own sessions waits for one that hangs', async () => {
    const { email, here } = await userInBoth();
    gate.swallow();
    const slowest = async (times: number) => {
      let most = 0;
      for (let i = 0; i < times; i++) {
        const began = performance.now();
        expect((await post('/auth/login', { email, password: PASSWORD })).status).toBe(200);
        expect((await host.client.get('/auth/sessions', { token: here.token })).status).toBe(200);
        most = Math.max(most, performance.now() - began);
      }
      return most;
    };
    // A login, its limit and the list: once each.
    expect(await slowest(1)).toBeLessThan(4_000);
    await until(() => host.app.get(SessionShards).states[0]!.up === false);
    expect(await slowest(8)).toBeLessThan(700);
  });

  it('one that has become read-only is not up, and sessions begin elsewhere', async () => {
    const name = new URL(databases[1]!.url).pathname.slice(1);
    const isUp = (up: boolean) => until(() => host.app.get(SessionShards).states[0]!.up === up);
    const setReadOnly = (to: 'on' | 'off') =>
      host.database.query(`ALTER DATABASE ${name} SET default_transaction_read_only = ${to}`);
    await setReadOnly('on');
    await gate.refuse();
    await gate.open();
    await isUp(false);
    for (let i = 0; i < 5; i++) expect((await register()).shard).toBe(2);
    await setReadOnly('off');
    // The connections to what was read-only are cut.
    await isUp(true);
  });

  it('the process goes on when the main database is lost, and a revoked token of a shard is shown', async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => void unhandled.push(reason);
    process.on('unhandledRejection', note);
    const { here } = await userInBoth();
    await post('/auth/logout', { refreshToken: here.refreshToken });
    await mainGate.refuse();
    const list = host.app.get<RevocationList>(RevocationList);
    const token = { sid: here.sid, jti: randomUUID(), sub: randomUUID(), iat: 2e9 };
    await until(() => {
      const answer = list.isRevoked({ ...token, sid: randomUUID() });
      if (answer instanceof Promise) answer.catch(() => undefined);
      return typeof answer !== 'boolean';
    });
    expect(await statusOf(here.token)).toBe(401);
    await new Promise((resolve) => setTimeout(resolve, 100));
    process.off('unhandledRejection', note);
    expect(unhandled).toEqual([]);
  });
});
