// Covers docs/security.md, case 96.
import { Injectable } from '@nestjs/common';
import { EventEmitterModule, OnEvent } from '@nestjs/event-emitter';
import {
  AuditTrail,
  type AuthEvent,
  AuthEvents,
  Cleanup,
  KeyRotation,
  TokensService,
} from '../../src/index.js';
import type { NestExpressApplication } from '../express/adapter.js';
import { newEmail, PASSWORD } from '../support/client.js';
import { type AdapterName, type Host, type HostSettings, startHost } from '../support/host-app.js';
import { until } from '../support/until.js';

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
const SAFARI =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1';

interface Listening extends Host {
  heard: AuthEvent[];
}

const running: Host[] = [];
async function start(settings: HostSettings = {}): Promise<Listening> {
  const host = await startHost(settings);
  running.push(host);
  const heard: AuthEvent[] = [];
  host.app.get(AuthEvents).subscribe((event) => void heard.push(event));
  return { ...host, heard };
}
afterEach(async () => {
  await Promise.all(running.splice(0).map((host) => host.close()));
});

async function person({ client }: Host, agent = FIREFOX) {
  const headers = { 'user-agent': agent };
  const account = { email: newEmail(), password: PASSWORD };
  const { user, ...tokens } = (await client.post('/auth/register', account, { headers })).body;
  const login = async (userAgent = agent, password = PASSWORD) =>
    (await client.post('/auth/login', { ...account, password }, { headers: { 'user-agent': userAgent } }))
      .body;
  return { ...account, id: user.id as string, tokens, login };
}

const refresh = ({ client }: Host, refreshToken: string) => client.post('/auth/refresh', { refreshToken });
const types = (events: { type: string }[]) => events.map(({ type }) => type);
const kept = ({ database }: Host, type: string) =>
  database.query(`SELECT * FROM auth_events WHERE type = $1 ORDER BY id`, [type]);
const sidOf = (token: string) =>
  JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()).sid as string;

it('a refresh from another browser and address is allowed, and the event says where it came from', async () => {
  const host = await start({ adapter: 'express' });
  (host.app as NestExpressApplication).set('trust proxy', 'loopback');
  const { tokens } = await person(host);
  const headers = { 'user-agent': SAFARI, 'x-forwarded-for': '203.0.113.7' };
  const { refreshToken } = tokens;
  const answer = await host.client.post('/auth/refresh', { refreshToken }, { headers });
  expect(answer.status).toBe(200);
  expect((await host.client.get('/auth/me', { token: answer.body.accessToken })).status).toBe(200);
  const from = { ip: '203.0.113.7', userAgent: SAFARI };
  expect(host.heard.at(-1)).toMatchObject({ type: 'refreshed', sessionId: sidOf(refreshToken), ...from });
  await until(async () => (await kept(host, 'refreshed')).length > 0);
  expect(await kept(host, 'refreshed')).toMatchObject([{ ip: '203.0.113.7' }]);
});

describe.each<AdapterName>(['express', 'fastify'])('security events, on %s', (adapter) => {
  it('report everything that happens to an account and its sessions', async () => {
    const host = await start({ adapter });
    const { email, id, tokens, login } = await person(host);
    const sessionId = sidOf(tokens.refreshToken);
    const masked = `u***@example.com`;
    await login(FIREFOX, 'a wrong sentence of mine');
    const second = await login();
    await refresh(host, second.refreshToken);
    await refresh(host, second.refreshToken); // within the leeway
    await refresh(host, 'nonsense');
    await host.client.post('/auth/logout', { refreshToken: second.refreshToken });
    await refresh(host, second.refreshToken);
    const change = (currentPassword: string) =>
      host.client.post(
        '/auth/password',
        { currentPassword, newPassword: 'another long sentence' },
        { token: tokens.accessToken },
      );
    await change('not my password, surely');
    await change(PASSWORD);
    await host.client.post('/auth/logout-all', {}, { token: tokens.accessToken });

    expect(types(host.heard)).toEqual([
      'registered',
      'login-failed',
      'logged-in',
      'refreshed',
      'replayed',
      'refresh-failed',
      'logged-out',
      'refresh-failed',
      'password-change-failed',
      'password-changed',
      'session-ended',
    ]);
    const origin = { userId: id, ip: expect.stringMatching(/127\.0\.0\.1$/) };
    const secondId = sidOf(second.refreshToken);
    expect(host.heard).toMatchObject([
      { ...origin, email: masked, sessionId, userAgent: FIREFOX, at: expect.any(Date) },
      { ...origin, email: masked, reason: 'wrong-password' },
      { ...origin, email: masked, sessionId: secondId, userAgent: FIREFOX },
      { ...origin, sessionId: secondId },
      { ...origin, sessionId: secondId },
      { ip: origin.ip, reason: 'invalid' },
      { ...origin, sessionId: secondId },
      { ...origin, sessionId: secondId, reason: 'revoked' },
      { ...origin, sessionId },
      { ...origin, sessionId },
      { ...origin, sessionId, reason: 'logout-all' },
    ]);
    expect(JSON.stringify(host.heard)).not.toContain(email);
    const ids = new Set(host.heard.map(({ requestId }) => typeof requestId));
    expect([...ids]).toEqual([adapter === 'fastify' ? 'string' : 'undefined']); // Express has no request ids
  });

  it('only the event distinguishes an unknown account from a disabled one', async () => {
    const host = await start({ adapter });
    const { login, id, email } = await person(host);
    await host.database.query('UPDATE users SET disabled_at = now()');
    const disabled = await login();
    const unknown = (await host.client.post('/auth/login', { email: newEmail(), password: PASSWORD })).body;
    expect({ ...disabled, requestId: '' }).toEqual({ ...unknown, requestId: '' });
    expect(host.heard.slice(1)).toMatchObject([
      { type: 'login-failed', reason: 'disabled', userId: id },
      { type: 'login-failed', reason: 'unknown-account' },
    ]);
    expect(host.heard[2]!.userId).toBeUndefined();
    expect(email).toBeDefined();
  });

  it('of failed logins name one unknown address alike, however it was typed', async () => {
    const host = await start({ adapter });
    const nobody = newEmail();
    for (const tried of [nobody, nobody.toUpperCase(), 'no address']) {
      const answer = await host.client.post('/auth/login', { email: tried, password: PASSWORD });
      expect(answer).toMatchObject({ status: 401, body: { error: 'INVALID_CREDENTIALS' } });
    }
    const failed = { type: 'login-failed', reason: 'unknown-account' };
    expect(host.heard).toMatchObject([failed, failed, failed]);
    const [typed, shouted, text] = (host.heard as { account?: string }[]).map(({ account }) => account);
    expect(shouted).toBe(typed);
    expect(text).not.toBe(typed);
  });

  it('a refusal by a rate limit is reported, and stored once a minute for each address', async () => {
    const host = await start({ adapter, options: { rateLimits: { refresh: { limit: 1, per: '1m' } } } });
    for (let i = 0; i < 4; i++) await refresh(host, 'nonsense');
    expect(types(host.heard)).toEqual(['refresh-failed', 'throttled', 'throttled', 'throttled']);
    expect(host.heard[1]).toMatchObject({ type: 'throttled', limit: 'refresh' });
    await until(async () => (await kept(host, 'throttled')).length > 0);
    expect(await kept(host, 'throttled')).toHaveLength(1);
  });

  it('a listener that throws, immediately or later, breaks nothing', async () => {
    const host = await start({ adapter });
    host.app.get(AuthEvents).subscribe(() => {
      throw new Error('a bad listener');
    });
    host.app.get(AuthEvents).subscribe(async () => {
      throw new Error('a bad listener');
    });
    const { login } = await person(host);
    expect((await login()).accessToken).toBeDefined();
    expect(types(host.heard)).toEqual(['registered', 'logged-in']);
  });
});

describe('the events of a user, at GET /auth/events', () => {
  const list = ({ client }: Host, token?: string, query = '') =>
    client.get(`/auth/events${query}`, { token });

  it('come newest first, in their documented shape, and are complete immediately', async () => {
    const host = await start();
    const { tokens, login } = await person(host);
    await login(SAFARI, 'a wrong sentence of mine');
    const answer = await list(host, tokens.accessToken);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toContain('no-store');
    expect(answer.body).toEqual([
      {
        type: 'login-failed',
        at: expect.stringMatching(/^\d{4}-.*Z$/),
        sessionId: null,
        ip: expect.stringMatching(/127\.0\.0\.1$/),
        userAgent: SAFARI,
        device: 'Safari on iOS',
        requestId: null,
        reason: 'wrong-password',
        email: 'u***@example.com',
      },
      expect.objectContaining({ type: 'registered', sessionId: sidOf(tokens.accessToken) }),
    ]);
  });

  it("never include another user's events", async () => {
    const host = await start();
    const [ada, eve] = [await person(host), await person(host)];
    await ada.login();
    const { body } = await list(host, eve.tokens.accessToken);
    expect(types(body)).toEqual(['registered']);
    expect(body[0].sessionId).toBe(sidOf(eve.tokens.accessToken));
    expect((await list(host)).status).toBe(401);
  });

  it('are at most 50, or the requested number up to 100', async () => {
    const host = await start();
    const { tokens, id } = await person(host);
    const events = host.app.get(AuthEvents);
    for (let i = 0; i < 150; i++) events.emit({ type: 'refreshed', userId: id, sessionId: `s${i}` });
    const count = async (query: string) => (await list(host, tokens.accessToken, query)).body.length;
    expect([await count(''), await count('?limit=1'), await count('?limit=100')]).toEqual([50, 1, 100]);
    const [newest] = (await list(host, tokens.accessToken, '?limit=1')).body;
    expect(newest.sessionId).toBe('s149');
  });

  it.each(['0', '101', '-1', '1.5', 'all', '1&limit=2', '%00', '1e1', ' 5'])(
    'a limit of %s is refused',
    async (limit) => {
      const host = await start();
      const { tokens } = await person(host);
      const answer = await list(host, tokens.accessToken, `?limit=${limit}`);
      expect([answer.status, answer.body.error]).toEqual([400, 'VALIDATION_FAILED']);
    },
  );
});

describe('the audit trail', () => {
  it('stores what must not be lost before the answer is sent', async () => {
    const host = await start();
    const { tokens, id } = await person(host);
    const next = (await refresh(host, tokens.refreshToken)).body;
    await refresh(host, next.refreshToken);
    expect((await refresh(host, tokens.refreshToken)).body.error).toBe('REFRESH_TOKEN_REUSED');
    expect(await kept(host, 'reused')).toMatchObject([{ user_id: id }]);
    const { login } = await person(host);
    const { accessToken } = await login();
    const newPassword = 'another long sentence';
    await host.client.post(
      '/auth/password',
      { currentPassword: PASSWORD, newPassword },
      { token: accessToken },
    );
    expect(await kept(host, 'password-changed')).toHaveLength(1);
    await host.app.get(TokensService).revokeUser(id);
    expect(await kept(host, 'user-disabled')).toMatchObject([{ user_id: id }]);
  });

  describe('folds what strangers can repeat', () => {
    /** In the middle of a minute. */
    const MOMENT = Date.UTC(2030, 0, 1, 12, 0, 30);
    const behindProxy = async (settings: HostSettings = {}) => {
      const host = await start({ adapter: 'express', ...settings, options: { clock: () => MOMENT } });
      (host.app as NestExpressApplication).set('trust proxy', 'loopback');
      return host;
    };
    const junk = async (host: Host, from: string[]) => {
      const send = (ip: string) =>
        host.client.post('/auth/refresh', { refreshToken: 'junk' }, { headers: { 'x-forwarded-for': ip } });
      await Promise.all(from.map(send));
      await host.app.get(AuditTrail).flush();
    };
    const rows = async (host: Host, type = 'refresh-failed') =>
      (await kept(host, type)).map(({ ip, count, user_id: user }: Record<string, unknown>) => ({
        ip,
        count,
        user,
      }));
    const repeat = (ip: string, times: number) => Array.from({ length: times }, () => ip);

    it('300 refreshes with junk are one row with a count, on two instances together; listeners hear all', async () => {
      const one = await behindProxy();
      const url = (one.database.options as { url: string }).url;
      const two = await behindProxy({ databaseUrl: url });
      await Promise.all([junk(one, repeat('192.0.2.1', 100)), junk(two, repeat('192.0.2.1', 150))]);
      await junk(two, repeat('192.0.2.1', 50));
      expect(await rows(one)).toEqual([{ ip: '192.0.2.1', count: 300, user: null }]);
      expect(one.heard.length + two.heard.length).toBe(300);
      running.reverse(); // the owner of the database closes last
    });

    it('addresses of one IPv6 /48 share a row, other networks do not', async () => {
      const host = await behindProxy();
      await junk(host, ['2001:db8:1:1::1', '2001:db8:1:2::1', '2001:db8:1:ffff::1', '2001:db8:2::1']);
      expect((await rows(host)).map(({ count }: { count: number }) => count)).toEqual([3, 1]);
    });

    it('a flood from a thousand networks is about a hundred rows', async () => {
      const host = await behindProxy();
      await junk(
        host,
        Array.from({ length: 1_000 }, (_, n) => `2001:db8:${n.toString(16)}::1`),
      );
      const all = await rows(host);
      expect(all).toHaveLength(101);
      expect(all.at(-1)).toEqual({ ip: null, count: 900, user: null });
    });

    it('logins to unknown accounts share a row, those of a user do not', async () => {
      const host = await behindProxy();
      const { login } = await person(host);
      for (let i = 0; i < 3; i++) {
        await host.client.post('/auth/login', { email: newEmail(), password: PASSWORD });
        await login(FIREFOX, 'a wrong sentence of mine');
      }
      await host.app.get(AuditTrail).flush();
      const all = await rows(host, 'login-failed');
      expect(all.map(({ count, user }: { count: number; user: unknown }) => [count, user !== null])).toEqual([
        [3, false],
        [1, true],
        [1, true],
        [1, true],
      ]);
    });

    it('the owner of a replayed old token sees how often it happened', async () => {
      const host = await start();
      const { login, tokens } = await person(host);
      const { refreshToken } = await login();
      await host.client.post('/auth/logout', { refreshToken });
      for (let i = 0; i < 5; i++) await refresh(host, refreshToken);
      const { body } = await host.client.get('/auth/events', { token: tokens.accessToken });
      const failed = body.filter(({ type }: AuthEvent) => type === 'refresh-failed');
      expect(failed[0]).toMatchObject({ reason: 'revoked', sessionId: sidOf(refreshToken) });
      // The minute may have ended in between.
      expect(failed.length).toBeLessThanOrEqual(2);
      const counts = failed.map(({ count = 1 }: { count?: number }) => count);
      expect(counts.reduce((sum: number, count: number) => sum + count, 0)).toBe(5);
    });
  });

  it('is complete once the host has been closed', async () => {
    const host = await start();
    const { login, id } = await person(host);
    await login();
    running.length = 0;
    const rows: { type: string }[] = [];
    const { database } = host;
    const destroy = database.destroy.bind(database);
    database.destroy = async () => {
      rows.push(
        ...(await database.query('SELECT type FROM auth_events WHERE user_id = $1 ORDER BY id', [id])),
      );
      await destroy();
    };
    await host.close();
    expect(types(rows)).toEqual(['registered', 'logged-in']);
  });

  it('can be turned off', async () => {
    const host = await start({ options: { audit: false } });
    const { tokens, id } = await person(host);
    await host.app.get(TokensService).revokeUser(id);
    expect(await host.database.query('SELECT * FROM auth_events')).toEqual([]);
    expect((await host.client.get('/auth/events', { token: tokens.accessToken })).status).toBe(401);
    const other = await person(host);
    expect((await host.client.get('/auth/events', { token: other.tokens.accessToken })).body).toEqual([]);
    expect(types(host.heard)).toContain('user-disabled');
  });

  it('is purged of everything older than the retention period', async () => {
    const host = await start({ options: { audit: { retention: '30d' } } });
    const { tokens } = await person(host);
    await host.client.get('/auth/events', { token: tokens.accessToken });
    await host.database.query(`UPDATE auth_events SET at = now() - interval '29 days'`);
    await host.app.get(Cleanup).run();
    expect(await kept(host, 'registered')).toHaveLength(1);
    await host.database.query(`UPDATE auth_events SET at = now() - interval '31 days'`);
    expect(await host.app.get(Cleanup).countExpired()).toBe(1);
    expect(await host.app.get(Cleanup).run()).toBe(1);
    expect(await kept(host, 'registered')).toEqual([]);
  });

  it('records changes of the key ring', async () => {
    const secret = 'key '.repeat(12);
    const host = await start({
      options: { jwt: { algorithm: 'ES256', keyRing: { encryptionSecret: secret } } as never },
    });
    const rotation = host.app.get(KeyRotation);
    await rotation.rotate();
    const [{ kid }] = await host.database.query('SELECT kid FROM signing_keys ORDER BY active_at LIMIT 1');
    await rotation.retire(kid);
    await rotation.remove(kid);
    expect(host.heard).toMatchObject([
      { type: 'key-rotated' },
      { type: 'key-retired', kid },
      { type: 'key-removed', kid },
    ]);
  });
});

describe('events by @OnEvent', () => {
  const heard: AuthEvent[] = [];
  @Injectable()
  class Listener {
    @OnEvent('latchkey.logged-in')
    loggedIn(event: AuthEvent) {
      heard.push(event);
      throw new Error('a bad listener');
    }
  }

  it('reach a host that uses EventEmitterModule', async () => {
    heard.length = 0;
    const parts = { imports: [EventEmitterModule.forRoot()] };
    const host = await start({ parts, providers: [Listener] });
    const { login, id } = await person(host);
    expect((await login()).accessToken).toBeDefined();
    expect(heard).toMatchObject([{ type: 'logged-in', userId: id }]);
  });
});

describe('alerts', () => {
  const alerts = ({ heard }: Listening) => heard.filter(({ type }) => type === 'alert');

  it('are sent when a refresh token is reused', async () => {
    const host = await start();
    const { tokens, id } = await person(host);
    const next = (await refresh(host, tokens.refreshToken)).body;
    await refresh(host, next.refreshToken);
    await refresh(host, tokens.refreshToken);
    expect(alerts(host)).toMatchObject([{ rule: 'refresh-token-reused', userId: id }]);
  });

  it('are sent once for ten failures on one account', async () => {
    const host = await start();
    const { login, id } = await person(host);
    await Promise.all(Array.from({ length: 12 }, () => login(FIREFOX, 'a wrong sentence of mine')));
    expect(alerts(host)).toMatchObject([{ rule: 'many-failures-on-account', userId: id, count: 10 }]);
  });

  it('are sent once for an address that tries twenty accounts, and name none of the accounts', async () => {
    const host = await start();
    for (let i = 0; i < 22; i++)
      await host.client.post('/auth/login', { email: newEmail(), password: PASSWORD });
    expect(alerts(host)).toMatchObject([{ rule: 'many-accounts-from-address', count: 20 }]);
    expect(alerts(host)[0]).not.toHaveProperty('email');
  });

  it('are sent for a login from a device that is new to the user, and only then', async () => {
    const host = await start();
    const { login, id } = await person(host);
    await login();
    await login(FIREFOX.replaceAll('140.0', '141.0'));
    const { refreshToken } = await login(SAFARI);
    await until(() => alerts(host).length > 0);
    await login(SAFARI);
    await login();
    expect(alerts(host)).toMatchObject([
      { rule: 'new-device', userId: id, sessionId: sidOf(refreshToken), userAgent: SAFARI },
    ]);
  });
});
