import { Controller, Get, Post, UseGuards } from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';
import { AccountAdmin, CurrentUser, type PresentedRefreshToken, RefreshJwtGuard } from '../../src/index.js';
import { newEmail, PASSWORD } from '../support/client.js';
import { type AdapterName, type Host, startHost } from '../support/host-app.js';

@Controller('devices')
@UseGuards(RefreshJwtGuard)
class DevicesController {
  @Post()
  trust(@CurrentUser() { claims }: PresentedRefreshToken) {
    return { sid: claims.sid };
  }

  @Get()
  list() {
    return [];
  }
}

@Controller('by-name')
@UseGuards(AuthGuard('latchkey-refresh'))
class ByNameController {
  @Post()
  reached() {
    return { reached: true };
  }
}

@Controller('access-by-name')
@UseGuards(AuthGuard('latchkey-access'))
class AccessByNameController {
  @Post()
  reached() {
    return { reached: true };
  }
}

describe.each<AdapterName>(['express', 'fastify'])('RefreshJwtGuard alone on a route, on %s', (adapter) => {
  let host: Host;

  beforeAll(async () => {
    host = await startHost({
      adapter,
      controllers: [DevicesController, ByNameController, AccessByNameController],
    });
  });
  afterAll(() => host?.close());

  const logIn = async () => {
    const { body } = await host.client.post('/auth/register', { email: newEmail(), password: PASSWORD });
    const refreshToken: string = body.refreshToken;
    const { sid } = JSON.parse(Buffer.from(refreshToken.split('.')[1]!, 'base64url').toString());
    return { refreshToken, accessToken: body.accessToken as string, userId: body.user.id as string, sid };
  };
  const refresh = async (refreshToken: string) =>
    (await host.client.post('/auth/refresh', { refreshToken })).body.refreshToken as string;
  const present = (refreshToken: string, path = '/devices') => host.client.post(path, { refreshToken });
  const row = async (sid: string) =>
    (await host.database.query('SELECT * FROM refresh_tokens WHERE id = $1', [sid]))[0];
  const forgetLeeway = (sid: string) =>
    host.database.query(
      `UPDATE refresh_tokens SET rotated_at = rotated_at - interval '11 seconds' WHERE id = $1`,
      [sid],
    );

  it('lets the current token in, any number of times, and leaves the session as it was', async () => {
    const { refreshToken, sid } = await logIn();
    const before = await row(sid);
    for (let i = 0; i < 3; i++)
      expect(await present(refreshToken)).toMatchObject({ status: 201, body: { sid } });
    expect(await row(sid)).toEqual(before);
    expect((await host.client.post('/auth/refresh', { refreshToken })).status).toBe(200);
  });

  it('lets the direct predecessor in for as long as a refresh would accept it', async () => {
    const { refreshToken } = await logIn();
    const next = await refresh(refreshToken);
    expect((await present(refreshToken)).status).toBe(201);
    await refresh(next);
    expect(await present(refreshToken)).toMatchObject({
      status: 401,
      body: { error: 'REFRESH_TOKEN_REUSED' },
    });
  });

  it.each(['/devices', '/by-name'])('rejects a token whose session was logged out, at %s', async (path) => {
    const { refreshToken } = await logIn();
    await host.client.post('/auth/logout', { refreshToken });
    expect(await present(refreshToken, path)).toMatchObject({
      status: 401,
      body: { error: 'TOKEN_REVOKED' },
    });
  });

  it.each(['/devices', '/by-name'])(
    'rejects a token that has expired on the database clock, at %s',
    async (path) => {
      const { refreshToken, sid } = await logIn();
      await host.database.query('UPDATE refresh_tokens SET expires_at = clock_timestamp() WHERE id = $1', [
        sid,
      ]);
      expect(await present(refreshToken, path)).toMatchObject({
        status: 401,
        body: { error: 'REFRESH_TOKEN_EXPIRED' },
      });
    },
  );

  it('rejects a token whose session is no longer known', async () => {
    const { refreshToken, sid } = await logIn();
    await host.database.query('DELETE FROM refresh_tokens WHERE id = $1', [sid]);
    expect(await present(refreshToken)).toMatchObject({
      status: 401,
      body: { error: 'INVALID_REFRESH_TOKEN' },
    });
  });

  it('ends the session of a token that was already used, as a refresh would', async () => {
    const { refreshToken, accessToken, sid } = await logIn();
    await refresh(refreshToken);
    await forgetLeeway(sid);
    expect(await present(refreshToken)).toMatchObject({
      status: 401,
      body: { error: 'REFRESH_TOKEN_REUSED' },
    });
    expect(await row(sid)).toMatchObject({ revoked_reason: 'reuse' });
    expect((await host.client.get('/auth/me', { token: accessToken })).status).toBe(401);
  });

  it('rejects the token of a user whom a host has disabled', async () => {
    const { refreshToken, userId } = await logIn();
    await host.database.query('UPDATE users SET disabled_at = now() WHERE id = $1', [userId]);
    expect(await present(refreshToken)).toMatchObject({ status: 401, body: { error: 'TOKEN_REVOKED' } });
  });

  it('rejects the token of a deleted user', async () => {
    const { refreshToken, userId } = await logIn();
    await host.app.get(AccountAdmin).remove(userId);
    expect(await present(refreshToken)).toMatchObject({ status: 401, body: { error: 'TOKEN_REVOKED' } });
  });

  describe('with the token in a cookie', () => {
    const FOREIGN: Record<string, string>[] = [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site', authorization: 'Bearer anything' },
    ];

    it.each(FOREIGN)('rejects a POST from a foreign page: %j', async (headers) => {
      const { refreshToken } = await logIn();
      const cookie = `refresh=${refreshToken}`;
      for (const path of ['/devices', '/by-name']) {
        const answer = await host.client.post(path, undefined, { cookie, headers });
        expect(answer).toMatchObject({ status: 403, body: { error: 'CSRF_REJECTED' } });
      }
    });

    it.each(FOREIGN.slice(0, 4))(
      'an access cookie does not authenticate one by name: %j',
      async (headers) => {
        const { accessToken } = await logIn();
        const cookie = `access=${accessToken}`;
        const answer = await host.client.post('/access-by-name', undefined, { cookie, headers });
        expect(answer).toMatchObject({ status: 403, body: { error: 'CSRF_REJECTED' } });
        for (const own of [{ cookie }, { token: accessToken, headers }])
          expect((await host.client.post('/access-by-name', undefined, own)).status).toBe(201);
      },
    );

    it('lets pages of the own origin in, and requests that come from no page', async () => {
      const { refreshToken } = await logIn();
      const cookie = `refresh=${refreshToken}`;
      for (const path of ['/devices', '/by-name'])
        for (const headers of [{ 'sec-fetch-site': 'same-origin' }, undefined])
          expect((await host.client.post(path, undefined, { cookie, headers })).status).toBe(201);
    });

    it('lets a GET in by a link from another page, as CsrfGuard does', async () => {
      const { refreshToken } = await logIn();
      const headers = { 'sec-fetch-site': 'cross-site' };
      const answer = await host.client.get('/devices', { cookie: `refresh=${refreshToken}`, headers });
      expect(answer.status).toBe(200);
    });
  });

  it('lets a token in the body in from any page, because no foreign page has it', async () => {
    const { refreshToken } = await logIn();
    const headers = { 'sec-fetch-site': 'cross-site' };
    expect((await host.client.post('/devices', { refreshToken }, { headers })).status).toBe(201);
  });
});

it('a refresh at the endpoint of the module costs the statements it did before the guard checked sessions', async () => {
  const host = await startHost();
  try {
    const { body } = await host.client.post('/auth/register', { email: newEmail(), password: PASSWORD });
    const statements: string[] = [];
    const query = host.database.query.bind(host.database);
    host.database.query = ((sql: string, ...rest: []) => {
      statements.push(sql);
      return query(sql, ...rest);
    }) as typeof query;
    expect((await host.client.post('/auth/refresh', { refreshToken: body.refreshToken })).status).toBe(200);
    expect(statements.filter((sql) => /SELECT.*refresh_tokens/is.test(sql))).toEqual([]);
  } finally {
    await host.close();
  }
});
