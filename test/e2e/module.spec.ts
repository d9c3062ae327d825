import { cookieHeader, newEmail, PASSWORD } from '../support/client.js';
import { type AdapterName, type Host, startHost } from '../support/host-app.js';

const VARIANTS: [AdapterName, 'forRoot' | 'forRootAsync'][] = [
  ['express', 'forRoot'],
  ['express', 'forRootAsync'],
  ['fastify', 'forRoot'],
  ['fastify', 'forRootAsync'],
];

const MINUTE = 60_000;
const UUID = /^[0-9a-f-]{36}$/;
const decode = (token: string, part: 0 | 1) =>
  JSON.parse(Buffer.from(token.split('.')[part]!, 'base64url').toString());

describe.each(VARIANTS)('AuthModule in a host app on %s with %s', (adapter, style) => {
  let host: Host;
  beforeAll(async () => {
    host = await startHost({ adapter, style });
  });
  afterAll(() => host.close());
  afterEach(() => (host.clock.offset = 0));

  const register = async () => {
    const email = newEmail();
    const answer = await host.client.post('/auth/register', { email, password: PASSWORD, name: 'Ada' });
    expect(answer.status).toBe(201);
    return { email, ...answer.body };
  };
  const refresh = (refreshToken: string) => host.client.post('/auth/refresh', { refreshToken });
  const orders = (token?: string) => host.client.get('/orders', { token });
  /** Moves a session's last rotation into the past, as if that much time had passed. */
  const age = (sid: string, seconds: number) =>
    host.database.query(
      `UPDATE refresh_tokens SET rotated_at = rotated_at - make_interval(secs => $2) WHERE id = $1`,
      [sid, seconds],
    );

  describe('from registration to logout', () => {
    it('registers, guards, refreshes and logs out', async () => {
      const { email, user, accessToken, refreshToken, ...rest } = await register();
      expect(user).toEqual({
        id: expect.stringMatching(UUID),
        email,
        name: 'Ada',
        roles: [],
        permissions: [],
        createdAt: expect.stringMatching(/Z$/),
      });
      expect(rest).toEqual({
        tokenType: 'Bearer',
        expiresIn: 900,
        refreshExpiresIn: 604_800,
        sessionExpiresAt: expect.stringMatching(/^\d{4}-.*Z$/),
      });
      expect((await orders(accessToken)).body.user).toMatchObject({
        id: user.id,
        roles: [],
        permissions: [],
      });
      expect((await host.client.get('/orders/mine', { token: accessToken })).body).toEqual({ id: user.id });

      const refreshed = await refresh(refreshToken);
      expect(refreshed.status).toBe(200);
      expect(Object.keys(refreshed.body).toSorted()).toEqual(
        [
          'accessToken',
          'refreshToken',
          'tokenType',
          'expiresIn',
          'refreshExpiresIn',
          'sessionExpiresAt',
        ].toSorted(),
      );
      expect((await orders(refreshed.body.accessToken)).status).toBe(200);

      const loggedOut = await host.client.post('/auth/logout', { refreshToken: refreshed.body.refreshToken });
      expect(loggedOut.status).toBe(204);
      expect(await refresh(refreshed.body.refreshToken)).toMatchObject({
        status: 401,
        body: { error: 'TOKEN_REVOKED' },
      });
      expect(await orders(refreshed.body.accessToken)).toMatchObject({
        status: 401,
        body: { error: 'TOKEN_REVOKED' },
      });
      expect(await orders(accessToken)).toMatchObject({ status: 401, body: { error: 'TOKEN_REVOKED' } });
    });

    it('logs in with the address in any case and the password in any normal form, and returns the user', async () => {
      const email = newEmail();
      const password = 'motörhead forever und ewig';
      await host.client.post('/auth/register', { email, password: password.normalize('NFC') });
      const answer = await host.client.post('/auth/login', {
        email: email.toUpperCase(),
        password: password.normalize('NFD'),
      });
      expect(answer).toMatchObject({
        status: 200,
        body: { user: { email, name: null }, tokenType: 'Bearer' },
      });
    });

    it('answers a wrong password and an unknown address identically', async () => {
      const { email } = await register();
      const wrong = await host.client.post('/auth/login', { email, password: 'not that sentence' });
      const unknown = await host.client.post('/auth/login', { email: newEmail(), password: PASSWORD });
      for (const answer of [wrong, unknown]) {
        expect(answer).toMatchObject({ status: 401, body: { error: 'INVALID_CREDENTIALS' } });
        expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="latchkey"');
      }
      expect({ ...wrong.body, requestId: '' }).toEqual({ ...unknown.body, requestId: '' });
    });

    it('refuses a second account with the same address', async () => {
      const { email } = await register();
      const again = await host.client.post('/auth/register', {
        email: email.toUpperCase(),
        password: PASSWORD,
      });
      expect(again).toMatchObject({ status: 409, body: { error: 'EMAIL_TAKEN' } });
    });

    it('returns the user who is logged in', async () => {
      const { accessToken, user } = await register();
      expect((await host.client.get('/auth/me', { token: accessToken })).body).toEqual({ user });
    });
  });

  describe('tokens', () => {
    it('carry the header and claims of the contract', async () => {
      const { accessToken, refreshToken, user } = await register();
      expect(decode(accessToken, 0)).toEqual({ alg: 'HS256', kid: expect.any(String), typ: 'at+jwt' });
      expect(decode(refreshToken, 0)).toEqual({ alg: 'HS256', kid: expect.any(String), typ: 'rt+jwt' });
      const access = decode(accessToken, 1);
      const now = Math.floor(Date.now() / 1000);
      expect(access).toEqual({
        iss: 'latchkey',
        sub: user.id,
        aud: 'latchkey',
        iat: expect.any(Number),
        exp: access.iat + 900,
        jti: expect.stringMatching(UUID),
        sid: expect.stringMatching(UUID),
        client_id: 'latchkey',
        type: 'access',
        roles: [],
        permissions: [],
        auth_time: expect.any(Number),
        acr: 'pwd',
        amr: ['pwd'],
      });
      expect(Math.abs(access.iat - now)).toBeLessThanOrEqual(2);
      expect(decode(refreshToken, 1)).toMatchObject({ type: 'refresh', sid: access.sid, sub: user.id });
      expect(decode(refreshToken, 1).jti).not.toBe(access.jti);
    });
  });

  describe('errors', () => {
    it('distinguish missing, invalid, expired and revoked tokens', async () => {
      const { accessToken, refreshToken } = await register();
      const missing = await orders();
      expect(missing).toMatchObject({ status: 401, body: { statusCode: 401, error: 'TOKEN_MISSING' } });
      expect(missing.headers.get('www-authenticate')).toBe('Bearer realm="latchkey"');
      expect(missing.body.requestId).toEqual(expect.any(String));

      for (const bad of [
        'x',
        `${accessToken}x`,
        `${accessToken} x`,
        refreshToken,
        accessToken.replace(/\.[^.]*$/, '.'),
      ]) {
        const invalid = await orders(bad);
        expect(invalid).toMatchObject({ status: 401, body: { error: 'INVALID_TOKEN' } });
        expect(invalid.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
      }

      host.clock.offset = 14 * MINUTE;
      expect((await orders(accessToken)).status).toBe(200);
      host.clock.offset = 15 * MINUTE + 6_000;
      const expired = await orders(accessToken);
      expect(expired).toMatchObject({ status: 401, body: { error: 'TOKEN_EXPIRED' } });
      expect(expired.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
    });

    it('name each invalid field', async () => {
      const answer = await host.client.post('/auth/register', {
        email: 'nobody',
        password: 7,
        name: 'a\u0000b',
      });
      expect(answer).toMatchObject({ status: 400, body: { error: 'VALIDATION_FAILED' } });
      expect(answer.body.details.map((detail: { field: string }) => detail.field).toSorted()).toEqual([
        'email',
        'name',
        'password',
      ]);
    });

    it('say why a password is refused', async () => {
      for (const password of [
        'too short',
        'x'.repeat(257),
        '123456789012345',
        'my latchkey is under the mat',
      ]) {
        const answer = await host.client.post('/auth/register', { email: newEmail(), password });
        expect(answer).toMatchObject({
          status: 400,
          body: { error: 'VALIDATION_FAILED', details: [{ field: 'password', message: expect.any(String) }] },
        });
      }
    });
  });

  describe('roles and permissions', () => {
    const grant = (id: string, roles: string[], permissions: string[]) =>
      host.database.query(`UPDATE users SET roles = $2, permissions = $3 WHERE id = $1`, [
        id,
        roles,
        permissions,
      ]);

    it('survive a refresh, and changes to them take effect at the next one', async () => {
      const { user, refreshToken } = await register();
      await grant(user.id, ['admin'], ['orders:read', 'orders:export']);
      const first = await refresh(refreshToken);
      const second = await refresh(first.body.refreshToken);
      expect(decode(second.body.accessToken, 1)).toMatchObject({
        roles: ['admin'],
        permissions: ['orders:read', 'orders:export'],
      });
      const token = second.body.accessToken;
      expect((await host.client.call('/orders/1', { method: 'DELETE', token })).body).toEqual({
        removed: true,
      });
      expect((await host.client.get('/orders/export', { token })).body).toEqual({ exported: true });

      await grant(user.id, [], []);
      const third = await refresh(second.body.refreshToken);
      const refused = await host.client.call('/orders/1', {
        method: 'DELETE',
        token: third.body.accessToken,
      });
      expect(refused).toMatchObject({ status: 403, body: { error: 'FORBIDDEN' } });
    });

    it('require one of the roles and all of the permissions', async () => {
      const { user, refreshToken } = await register();
      await grant(user.id, ['clerk', 'owner'], ['orders:read']);
      const { accessToken: token } = (await refresh(refreshToken)).body;
      expect((await host.client.call('/orders/1', { method: 'DELETE', token })).status).toBe(200);
      expect((await host.client.get('/orders/export', { token })).status).toBe(403);
    });

    it('@Public() opens a route, but not one that requires a role', async () => {
      expect((await host.client.get('/orders/prices')).status).toBe(200);
      expect((await host.client.get('/orders/prices', { token: 'rubbish' })).status).toBe(200);
      expect(await host.client.get('/orders/contradiction')).toMatchObject({
        body: { error: 'TOKEN_MISSING' },
      });
    });
  });

  describe('rotation and reuse', () => {
    it('gives the direct predecessor the same successor again within the leeway', async () => {
      const { refreshToken } = await register();
      const first = await refresh(refreshToken);
      const again = await refresh(refreshToken);
      expect(again.status).toBe(200);
      expect(again.body.refreshToken).toBe(first.body.refreshToken);
      expect(again.body.accessToken).not.toBe(first.body.accessToken);
      expect((await refresh(again.body.refreshToken)).status).toBe(200);
    });

    it('still does so at 9 s, and at 11 s treats it as reuse: the session ends with its access tokens', async () => {
      const { refreshToken, accessToken } = await register();
      const { sid } = decode(accessToken, 1);
      const successor = (await refresh(refreshToken)).body;
      await age(sid, 9);
      expect((await refresh(refreshToken)).status).toBe(200);
      await age(sid, 2);
      expect(await refresh(refreshToken)).toMatchObject({
        status: 401,
        body: { error: 'REFRESH_TOKEN_REUSED' },
      });
      expect(await refresh(successor.refreshToken)).toMatchObject({
        status: 401,
        body: { error: 'TOKEN_REVOKED' },
      });
      expect(await orders(successor.accessToken)).toMatchObject({ body: { error: 'TOKEN_REVOKED' } });
    });

    it('closes the window as soon as the successor is used', async () => {
      const { refreshToken } = await register();
      const successor = (await refresh(refreshToken)).body;
      expect((await refresh(successor.refreshToken)).status).toBe(200);
      expect(await refresh(refreshToken)).toMatchObject({ body: { error: 'REFRESH_TOKEN_REUSED' } });
    });

    it('leaves the other sessions of the user alone', async () => {
      const { email, refreshToken } = await register();
      const other = (await host.client.post('/auth/login', { email, password: PASSWORD })).body;
      const successor = (await refresh(refreshToken)).body;
      await refresh(successor.refreshToken);
      expect((await refresh(refreshToken)).body.error).toBe('REFRESH_TOKEN_REUSED');
      expect((await orders(other.accessToken)).status).toBe(200);
      expect((await refresh(other.refreshToken)).status).toBe(200);
    });

    it("ends a session at its idle and its absolute limit, by the database's clock", async () => {
      const idle = await register();
      await host.database.query(
        `UPDATE refresh_tokens SET expires_at = now() - interval '1 ms' WHERE id = $1`,
        [decode(idle.accessToken, 1).sid],
      );
      expect((await refresh(idle.refreshToken)).body.error).toBe('REFRESH_TOKEN_EXPIRED');

      const absolute = await register();
      await host.database.query(
        `UPDATE refresh_tokens SET absolute_expires_at = now() + interval '2 minutes' WHERE id = $1`,
        [decode(absolute.accessToken, 1).sid],
      );
      const last = (await refresh(absolute.refreshToken)).body;
      expect(last.refreshExpiresIn).toBeLessThanOrEqual(120);
      expect(last.expiresIn).toBeLessThanOrEqual(120);
    });

    it('ends the session of a user who is disabled or deleted', async () => {
      const { user, refreshToken } = await register();
      await host.database.query(`UPDATE users SET disabled_at = now() WHERE id = $1`, [user.id]);
      expect(await refresh(refreshToken)).toMatchObject({ status: 401, body: { error: 'TOKEN_REVOKED' } });
      await host.database.query(`UPDATE users SET disabled_at = NULL WHERE id = $1`, [user.id]);
      expect((await refresh(refreshToken)).status).toBe(401);
    });

    it('says what is wrong with a refresh token', async () => {
      const { accessToken } = await register();
      expect((await host.client.post('/auth/refresh', {})).body.error).toBe('REFRESH_TOKEN_MISSING');
      expect((await host.client.post('/auth/refresh')).body.error).toBe('REFRESH_TOKEN_MISSING');
      expect((await refresh('x')).body.error).toBe('INVALID_REFRESH_TOKEN');
      expect((await refresh('')).body.error).toBe('INVALID_REFRESH_TOKEN');
      expect((await refresh(accessToken)).body.error).toBe('INVALID_REFRESH_TOKEN');
      expect(await host.client.post('/auth/refresh', { refreshToken: [1] })).toMatchObject({
        status: 400,
        body: { error: 'VALIDATION_FAILED', details: [{ field: 'refreshToken' }] },
      });
    });
  });

  describe('cookies', () => {
    const login = async () => {
      const { email } = await register();
      return host.client.post(
        '/auth/login',
        { email, password: PASSWORD },
        { headers: { 'x-auth-transport': 'cookie' } },
      );
    };

    it('carry the tokens, HttpOnly, for as long as each one lives, and the body has none', async () => {
      const answer = await login();
      expect(answer.body).not.toHaveProperty('accessToken');
      expect(answer.body).not.toHaveProperty('refreshToken');
      expect(answer.body).not.toHaveProperty('tokenType');
      expect(answer.body).toMatchObject({ expiresIn: 900, user: { email: expect.any(String) } });
      expect(answer.cookies.access!.attributes).toEqual([
        'max-age=900',
        'path=/',
        'httponly',
        'samesite=lax',
      ]);
      expect(answer.cookies.refresh!.attributes).toEqual([
        'max-age=604800',
        'path=/',
        'httponly',
        'samesite=lax',
      ]);
      expect(answer.headers.get('cache-control')).toBe('no-store');
      expect((await host.client.get('/orders', { cookie: cookieHeader(answer) })).status).toBe(200);
    });

    it('are renewed by a refresh and cleared by a logout', async () => {
      const loggedIn = await login();
      const refreshed = await host.client.post('/auth/refresh', undefined, {
        cookie: cookieHeader(loggedIn),
      });
      expect(refreshed.status).toBe(200);
      expect(refreshed.body).not.toHaveProperty('refreshToken');
      expect(refreshed.cookies.refresh!.value).not.toBe(loggedIn.cookies.refresh!.value);

      const loggedOut = await host.client.post('/auth/logout', undefined, {
        cookie: cookieHeader(refreshed),
      });
      expect(loggedOut.status).toBe(204);
      expect(loggedOut.cookies.access).toMatchObject({
        value: '',
        attributes: expect.arrayContaining(['max-age=0', 'path=/']),
      });
      expect(loggedOut.cookies.refresh).toMatchObject({
        value: '',
        attributes: expect.arrayContaining(['max-age=0']),
      });
      expect((await host.client.get('/orders', { cookie: cookieHeader(refreshed) })).status).toBe(401);
    });

    it('are cleared when a refresh fails permanently', async () => {
      const bad = await host.client.post('/auth/refresh', undefined, {
        cookie: 'refresh=rubbish; access=rubbish',
      });
      expect(bad).toMatchObject({ status: 401, body: { error: 'INVALID_REFRESH_TOKEN' } });
      expect(bad.cookies.refresh).toMatchObject({ value: '' });
      expect((await host.client.post('/auth/refresh', { refreshToken: 'rubbish' })).cookies).toEqual({});
    });

    it('give way to an explicit credential', async () => {
      const cookie = cookieHeader(await login());
      const other = await register();
      const mine = await host.client.get('/orders/mine', { cookie, token: other.accessToken });
      expect(mine.body.id).toBe(other.user.id);
      expect((await host.client.get('/orders', { cookie, token: 'rubbish' })).status).toBe(401);
      const refreshed = await host.client.post(
        '/auth/refresh',
        { refreshToken: other.refreshToken },
        { cookie },
      );
      expect(refreshed.body.refreshToken).toEqual(expect.any(String));
      expect(refreshed.cookies).toEqual({});
    });

    it('are not trusted when one name is set twice', async () => {
      const cookie = cookieHeader(await login());
      const tossed = await host.client.get('/orders', { cookie: `access=rubbish; ${cookie}` });
      expect(tossed).toMatchObject({ status: 401, body: { error: 'INVALID_TOKEN' } });
    });
  });

  describe('logout', () => {
    it('works with an expired access token or refresh token, and can be repeated', async () => {
      const { accessToken, refreshToken } = await register();
      await host.database.query(
        `UPDATE refresh_tokens SET expires_at = now() - interval '1 s' WHERE id = $1`,
        [decode(accessToken, 1).sid],
      );
      host.clock.offset = 60 * MINUTE;
      for (let round = 0; round < 2; round++) {
        expect((await host.client.post('/auth/logout', { refreshToken })).status).toBe(204);
        expect((await host.client.post('/auth/logout', undefined, { token: accessToken })).status).toBe(204);
      }
      expect((await refresh(refreshToken)).body.error).toBe('TOKEN_REVOKED');
    });

    it('ends the session of an access token', async () => {
      const { accessToken, refreshToken } = await register();
      await host.client.post('/auth/logout', undefined, { token: accessToken });
      expect((await orders(accessToken)).body.error).toBe('TOKEN_REVOKED');
      expect((await refresh(refreshToken)).body.error).toBe('TOKEN_REVOKED');
    });

    it('ends nothing for a foreign token, and does not reveal that', async () => {
      expect((await host.client.post('/auth/logout', { refreshToken: 'rubbish' })).status).toBe(204);
      expect((await host.client.post('/auth/logout')).status).toBe(204);
    });

    it('everywhere, ends every session of the user and no others', async () => {
      const { email, accessToken, refreshToken } = await register();
      const second = (await host.client.post('/auth/login', { email, password: PASSWORD })).body;
      const stranger = await register();
      const answer = await host.client.post('/auth/logout-all', undefined, { token: accessToken });
      expect(answer.status).toBe(204);
      for (const token of [accessToken, second.accessToken]) expect((await orders(token)).status).toBe(401);
      for (const token of [refreshToken, second.refreshToken])
        expect((await refresh(token)).status).toBe(401);
      expect((await orders(stranger.accessToken)).status).toBe(200);
    });
  });

  describe('changing the password', () => {
    const change = (token: string, body: object) => host.client.post('/auth/password', body, { token });
    const next = 'quite another sentence';

    it('keeps the session that requested it and ends all others', async () => {
      const { email, accessToken, refreshToken } = await register();
      const other = (await host.client.post('/auth/login', { email, password: PASSWORD })).body;
      const answer = await change(accessToken, { currentPassword: PASSWORD, newPassword: next });
      expect(answer.status).toBe(204);
      expect((await orders(accessToken)).status).toBe(200);
      expect((await refresh(refreshToken)).status).toBe(200);
      expect((await orders(other.accessToken)).status).toBe(401);
      expect((await refresh(other.refreshToken)).status).toBe(401);
      expect((await host.client.post('/auth/login', { email, password: PASSWORD })).status).toBe(401);
      expect((await host.client.post('/auth/login', { email, password: next })).status).toBe(200);
    });

    it('requires the current password and a new one that is acceptable and different', async () => {
      const { accessToken } = await register();
      expect(
        await change(accessToken, { currentPassword: 'not that sentence', newPassword: next }),
      ).toMatchObject({
        status: 401,
        body: {
          error: 'INVALID_CREDENTIALS',
          message: 'The current password is wrong.',
          details: [{ field: 'currentPassword', message: 'The current password is wrong.' }],
        },
      });
      for (const newPassword of ['short', PASSWORD]) {
        expect(await change(accessToken, { currentPassword: PASSWORD, newPassword })).toMatchObject({
          status: 400,
          body: { details: [{ field: 'newPassword' }] },
        });
      }
      expect((await host.client.post('/auth/password', {})).body.error).toBe('TOKEN_MISSING');
    });
  });
});
