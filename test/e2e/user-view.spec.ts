import { HttpException, type LoggerService } from '@nestjs/common';
import {
  type AuthModuleOptions,
  TokensService,
  type UserRecord,
  UserStore,
  UserViews,
} from '../../src/index.js';
import { InMemoryUserStore } from '../../src/testing/index.js';
import { newEmail, PASSWORD } from '../support/client.js';
import { type AdapterName, type Host, startHost } from '../support/host-app.js';

let view: NonNullable<AuthModuleOptions['userView']> = () => ({});
const logged: { err?: Error & { cause?: Error } }[] = [];
const quiet = () => undefined;
const logger: LoggerService = { log: quiet, warn: quiet, error: (line: object) => void logged.push(line) };

let host: Host;
const account = () => ({ email: newEmail(), password: PASSWORD });
const register = (body: object = account(), call = {}) => host.client.post('/auth/register', body, call);
const liveSessions = async (email: string) => {
  const user = await host.app.get<UserStore>(UserStore).findByEmail(email);
  return host.app.get(TokensService).sessionsOf(user!.id);
};

describe.each<AdapterName>(['express', 'fastify'])('userView, on %s', (adapter) => {
  beforeAll(async () => {
    const options = { userView: (user: UserRecord) => view(user) };
    host = await startHost({ adapter, options, parts: { userStore: InMemoryUserStore }, logger });
  });
  afterAll(() => host.close());
  beforeEach(() => {
    view = () => ({});
    logged.length = 0;
  });

  it('adds to the user wherever it is shown', async () => {
    view = async ({ email }) => ({ handle: email.split('@')[0], since: new Date(0), nested: { a: [1] } });
    const body = account();
    const added = { handle: body.email.split('@')[0], since: '1970-01-01T00:00:00.000Z', nested: { a: [1] } };
    const base = { email: body.email, name: null, roles: [], permissions: [], createdAt: expect.any(String) };

    const registered = await register(body);
    expect(registered.body.user).toEqual({ id: expect.any(String), ...base, ...added });
    const { user } = registered.body;
    expect((await host.client.post('/auth/login', body)).body.user).toEqual(user);
    const cookies = await host.client.post('/auth/login', body, {
      headers: { 'x-auth-transport': 'cookie' },
    });
    expect(cookies.body.user).toEqual(user);
    const me = await host.client.get('/auth/me', { token: registered.body.accessToken });
    expect(me.body).toEqual({ user });
    const stored = await host.app.get<UserStore>(UserStore).findById(user.id);
    expect(await host.app.get(UserViews).of(stored!)).toEqual(user);
  });

  it('may replace members by others of the same type, except the id', async () => {
    view = () => ({ id: 'other', email: 'ada', name: 'Ada', permissions: undefined });
    const { user } = (await register()).body;
    expect(user).toMatchObject({ email: 'ada', name: 'Ada', permissions: [] });
    expect(user.id).not.toBe('other');
  });

  const circle: { self?: object } = {};
  circle.self = circle;
  it.each<[string, typeof view]>([
    ['throws', () => JSON.parse('{')],
    ['rejects', () => Promise.reject(new Error('no'))],
    ['returns nothing', () => undefined as never],
    ['returns a list', () => []],
    ['returns a text', () => 'user' as never],
    ['returns the record', (user) => user],
    ['returns a copy of the record', (user) => ({ ...user, passwordHash: user.passwordHash })],
    ['returns the hash under another name', ({ passwordHash }) => ({ secret: [{ deep: passwordHash }] })],
    ['returns the hash inside a text', ({ passwordHash }) => ({ note: `hash: ${passwordHash}.` })],
    ['returns the hash from toJSON', ({ passwordHash }) => ({ toJSON: () => ({ passwordHash }) })],
    ['returns a circle', () => circle],
    ['returns a bigint', () => ({ big: 1n })],
    ['returns an object that JSON makes a text of', () => new Date()],
    ['changes the type of a member', () => ({ roles: 'admin' })],
    ['makes the name something else', () => ({ name: { first: 'Ada' } })],
    ['removes a member', () => ({ email: null })],
  ])('that %s is 500 and starts no session; the log names it', async (_, wrong) => {
    const body = account();
    const { accessToken } = (await register(body)).body;
    view = wrong;

    const failed = { status: 500, body: { error: 'INTERNAL_ERROR' } };
    for (const transport of ['body', 'cookie']) {
      const headers = { 'x-auth-transport': transport };
      const login = await host.client.post('/auth/login', body, { headers });
      expect(login).toMatchObject(failed);
      expect(login.cookies).toEqual({});
    }
    const other = account();
    expect(await register(other)).toMatchObject(failed);
    expect(await host.client.get('/auth/me', { token: accessToken })).toMatchObject(failed);

    expect(logged).toHaveLength(4);
    for (const { err } of logged) expect(err?.message).toContain('userView');
    expect(JSON.stringify(logged)).not.toContain('$2');
    expect(await liveSessions(body.email)).toHaveLength(1);
    expect(await liveSessions(other.email)).toHaveLength(0);
  });

  it.each<[string, number, typeof view]>([
    ['throws', 500, () => JSON.parse('{')],
    ['returns something else', 500, () => []],
    ['hangs', 503, () => new Promise<object>(() => undefined)],
  ])('that %s leaves sessions as revoked rows only', async (_, status, wrong) => {
    const [body, other] = [account(), account()];
    const { user } = (await register(body)).body;
    const rows = `SELECT revoked_at IS NULL AS live FROM refresh_tokens WHERE user_id = $1 ORDER BY live`;
    view = wrong;

    const headers = { 'x-auth-transport': 'cookie' };
    const login = (call = {}) => host.client.post('/auth/login', body, call);
    const answers = await Promise.all([
      login(),
      login({ headers }),
      register(other),
      register(account(), { headers }),
    ]);

    expect(answers.map((answer) => answer.status)).toEqual(Array(4).fill(status));
    const [revoked, live] = [{ live: false }, { live: true }];
    expect(await host.database.query(rows, [user.id])).toEqual([revoked, revoked, live]);
    expect(await liveSessions(body.email)).toHaveLength(1);
    const registered = await host.app.get<UserStore>(UserStore).findByEmail(other.email);
    expect(await host.database.query(rows, [registered!.id])).toEqual([revoked]);
  });

  it('that fails at a registration keeps the account, which logs in when the view works', async () => {
    const body = account();
    view = () => JSON.parse('{');
    expect((await register(body)).status).toBe(500);
    view = () => ({});
    expect(await register(body)).toMatchObject({ status: 409, body: { error: 'EMAIL_TAKEN' } });
    expect((await host.client.post('/auth/login', body)).status).toBe(200);
    expect(await liveSessions(body.email)).toHaveLength(1);
  });

  it('keeps the session of a browser whose new login fails', async () => {
    const body = account();
    const headers = { 'x-auth-transport': 'cookie' };
    const before = await register(body, { headers });
    const cookie = Object.entries(before.cookies)
      .map(([name, { value }]) => `${name}=${value}`)
      .join('; ');
    view = () => JSON.parse('{');
    expect((await host.client.post('/auth/login', body, { headers, cookie })).status).toBe(500);
    expect(await liveSessions(body.email)).toHaveLength(1);
    expect((await host.client.post('/auth/refresh', {}, { cookie })).status).toBe(200);
  });

  it('may refuse with an HTTP exception, which ends the new session too', async () => {
    const body = account();
    await register(body);
    view = () => {
      throw new HttpException('no', 418);
    };
    expect((await host.client.post('/auth/login', body)).status).toBe(418);
    expect(await liveSessions(body.email)).toHaveLength(1);
  });
});
