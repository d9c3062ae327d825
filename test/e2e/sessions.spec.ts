import { Controller, Get, UseGuards } from '@nestjs/common';
import {
  JwtAuthGuard,
  RevocationCheck,
  StrictSession,
  TokensService,
  TypeOrmUserStore,
  UserStore,
} from '../../src/index.js';
import { newEmail, PASSWORD } from '../support/client.js';
import { type AdapterName, type Host, type HostSettings, startHost } from '../support/host-app.js';
import { createMigratedDatabase } from '../support/postgres.js';
import { until } from '../support/until.js';

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';

@Controller('checks')
@UseGuards(JwtAuthGuard)
class ChecksController {
  @Get('memory')
  memory() {
    return { passed: true };
  }

  @StrictSession()
  @Get('strict')
  strict() {
    return { passed: true };
  }

  @RevocationCheck('stateless')
  @Get('stateless')
  stateless() {
    return { passed: true };
  }
}

const running: Host[] = [];
const start = async (settings: HostSettings) => {
  const host = await startHost({ ...settings, controllers: [ChecksController] });
  running.push(host);
  return host;
};
afterEach(async () => {
  await Promise.all(running.splice(0).map((host) => host.close()));
});

async function person({ client }: Host) {
  const account = { email: newEmail(), password: PASSWORD };
  const first = (await client.post('/auth/register', account)).body;
  const login = async () =>
    (await client.post('/auth/login', account, { headers: { 'user-agent': FIREFOX } })).body;
  return { first, login, id: first.user.id as string };
}

const list = async ({ client }: Host, token: string) => (await client.get('/auth/sessions', { token })).body;
const status = async ({ client }: Host, token: string, path = '/checks/memory') =>
  (await client.get(path, { token })).status;

describe.each<AdapterName>(['express', 'fastify'])('sessions of a user, on %s', (adapter) => {
  it('are listed with their origin, the most recently used first, and without those of other users', async () => {
    const host = await start({ adapter });
    const { first, login } = await person(host);
    await person(host);
    const second = await login();
    const sessions = await list(host, second.accessToken);
    expect(sessions).toEqual([
      {
        id: expect.stringMatching(/^[\da-f-]{36}$/),
        createdAt: expect.stringMatching(/Z$/),
        lastUsedAt: expect.stringMatching(/Z$/),
        expiresAt: expect.stringMatching(/Z$/),
        ip: '127.0.0.1',
        userAgent: FIREFOX,
        device: 'Firefox on Linux',
        current: true,
      },
      expect.objectContaining({ current: false }),
    ]);
    await host.client.post('/auth/refresh', { refreshToken: first.refreshToken });
    expect(
      (await list(host, second.accessToken)).map((session: { current: boolean }) => session.current),
    ).toEqual([false, true]);
  });

  it('one can be ended: its tokens stop working, the others continue', async () => {
    const host = await start({ adapter });
    const { first, login } = await person(host);
    const second = await login();
    const [, other] = await list(host, second.accessToken);
    const gone = await host.client.call(`/auth/sessions/${other.id}`, {
      method: 'DELETE',
      token: second.accessToken,
    });
    expect(gone.status).toBe(204);
    expect(await status(host, first.accessToken)).toBe(401);
    const refreshed = await host.client.post('/auth/refresh', { refreshToken: first.refreshToken });
    expect(refreshed.body.error).toBe('TOKEN_REVOKED');
    expect(await status(host, second.accessToken)).toBe(200);
    expect(await list(host, second.accessToken)).toHaveLength(1);
  });

  it('an id in another spelling is 404, because the revocation list knows only one spelling', async () => {
    const host = await start({ adapter });
    const { first } = await person(host);
    const [{ id }] = await list(host, first.accessToken);
    const method = 'DELETE';
    const answer = await host.client.call(`/auth/sessions/${id.toUpperCase()}`, {
      method,
      token: first.accessToken,
    });
    expect([answer.status, answer.body.error]).toEqual([404, 'NOT_FOUND']);
    expect(await status(host, first.accessToken)).toBe(200);
  });

  it.each(["another user's", 'unknown', 'not-a-uuid', '%00', "'; DELETE FROM users; --"])(
    'one that is %s is 404 and nothing ends',
    async (which) => {
      const host = await start({ adapter });
      const [ada, eve] = [await person(host), await person(host)];
      const [adas] = await list(host, ada.first.accessToken);
      const id =
        { "another user's": adas.id, unknown: '3f0e8f3e-0f7c-4a53-9b0a-2f1f6d2a9d10' }[which] ?? which;
      const answer = await host.client.call(`/auth/sessions/${encodeURIComponent(id)}`, {
        method: 'DELETE',
        token: eve.first.accessToken,
      });
      expect([answer.status, answer.body.error]).toEqual([404, 'NOT_FOUND']);
      expect(await status(host, ada.first.accessToken)).toBe(200);
    },
  );

  it.each(['/auth/sessions/', '/auth/sessions/?all=true', '/auth/sessions/.'])(
    'one with an empty id is 404 and nothing ends: %s',
    async (path) => {
      const host = await start({ adapter });
      const { first, login } = await person(host);
      const second = await login();
      const answer = await host.client.call(path, { method: 'DELETE', token: second.accessToken });
      expect(answer.status).toBe(404);
      expect(await status(host, first.accessToken)).toBe(200);
    },
  );

  it('all but the current one can be ended', async () => {
    const host = await start({ adapter });
    const { first, login } = await person(host);
    const [second, third] = [await login(), await login()];
    const answer = await host.client.call('/auth/sessions', { method: 'DELETE', token: second.accessToken });
    expect(answer.status).toBe(204);
    expect(await Promise.all([first, second, third].map((pair) => status(host, pair.accessToken)))).toEqual([
      401, 200, 401,
    ]);
  });
});

describe('the number of sessions of a user', () => {
  const limited = (whenFull: 'evict' | 'refuse') =>
    start({ options: { sessions: { maxPerUser: 3, whenFull } } });

  it('is limited: a login beyond the limit ends the least recently used session with its access token', async () => {
    const host = await limited('evict');
    const { first, login } = await person(host);
    const [second, third] = [await login(), await login()];
    await host.client.post('/auth/refresh', { refreshToken: first.refreshToken });
    const fourth = await login();
    const all = [first, second, third, fourth];
    expect(await Promise.all(all.map((pair) => status(host, pair.accessToken)))).toEqual([
      200, 401, 200, 200,
    ]);
    expect(await list(host, fourth.accessToken)).toHaveLength(3);
  });

  it('or is limited so that the login is refused until a session has ended', async () => {
    const host = await limited('refuse');
    const { first, login } = await person(host);
    await Promise.all([login(), login()]);
    expect(await login()).toMatchObject({ statusCode: 403, error: 'FORBIDDEN' });
    expect(await list(host, first.accessToken)).toHaveLength(3);
    await host.client.post('/auth/logout', { refreshToken: first.refreshToken });
    expect((await login()).accessToken).toEqual(expect.any(String));
  });

  it.each(['evict', 'refuse'] as const)('is never exceeded by parallel logins (%s)', async (whenFull) => {
    const host = await limited(whenFull);
    const { id } = await person(host);
    const issue = () => host.app.get(TokensService).issue({ id, roles: [], permissions: [] });
    const outcomes = await Promise.allSettled(Array.from({ length: 30 }, issue));
    const live = await host.database.query(
      'SELECT id FROM refresh_tokens WHERE user_id = $1 AND revoked_at IS NULL',
      [id],
    );
    expect(live.length).toBeLessThanOrEqual(3);
    expect(live.length).toBeGreaterThan(0);
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected').length;
    expect(refused > 0).toBe(whenFull === 'refuse');
  });
});

describe('the revocation check', () => {
  it('takes effect on another instance within a second, on a strict route immediately, and never on a stateless one', async () => {
    const database = await createMigratedDatabase();
    const one = await start({ databaseUrl: database.url });
    const { access: accessSecret, refresh: refreshSecret } = one.secrets;
    const two = await start({ databaseUrl: database.url, options: { jwt: { accessSecret, refreshSecret } } });
    const { first } = await person(one);
    expect(await status(two, first.accessToken)).toBe(200);
    await one.app.get(TokensService).revokeSession(sidOf(first.accessToken));
    expect(await status(two, first.accessToken, '/checks/strict')).toBe(401);
    const began = Date.now();
    await until(async () => (await status(two, first.accessToken)) === 401);
    expect(Date.now() - began).toBeLessThan(1500);
    expect(await status(two, first.accessToken, '/checks/stateless')).toBe(200);
    await Promise.all(running.splice(0).map((host) => host.close()));
    await database.drop();
  });

  it('takes effect immediately for a session whose id the host writes in capitals', async () => {
    const host = await start({});
    const { first } = await person(host);
    await host.app.get(TokensService).revokeSession(sidOf(first.accessToken).toUpperCase());
    expect(await status(host, first.accessToken)).toBe(401);
  });

  it('on a strict route, refuses a user who was disabled only in the table', async () => {
    const host = await start({});
    const { first, id } = await person(host);
    await host.app.get<TypeOrmUserStore>(UserStore).update(id, { disabled: true });
    expect(await status(host, first.accessToken)).toBe(200);
    expect(await status(host, first.accessToken, '/checks/strict')).toBe(401);
  });

  it('ends every token issued before a user was disabled through the service, and none issued after', async () => {
    const host = await start({});
    const { first, login, id } = await person(host);
    await host.app.get(TokensService).revokeUser(id);
    expect(await status(host, first.accessToken)).toBe(401);
    await until(async () => (await status(host, (await login()).accessToken)) === 200);
    expect(await status(host, first.accessToken)).toBe(401);
  });

  it('can be stateless, or strict, for a whole app', async () => {
    const stateless = await start({ options: { revocation: { check: 'stateless' } } });
    const { first } = await person(stateless);
    await stateless.client.post('/auth/logout', { refreshToken: first.refreshToken });
    expect(await status(stateless, first.accessToken)).toBe(200);
    expect(await status(stateless, first.accessToken, '/checks/strict')).toBe(401);

    const strict = await start({ options: { revocation: { check: 'strict' } } });
    const { first: other } = await person(strict);
    await strict.database.query('UPDATE refresh_tokens SET revoked_at = now()');
    expect(await status(strict, other.accessToken)).toBe(401);
  });
});

function sidOf(token: string): string {
  return JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()).sid;
}
