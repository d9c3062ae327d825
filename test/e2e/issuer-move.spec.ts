import { createHmac, randomBytes } from 'node:crypto';
import { Controller, Post, UseGuards } from '@nestjs/common';
import { type AuthModuleOptions, RefreshJwtGuard, ResourceClients, TokensService } from '../../src/index.js';
import { cookieHeader, newEmail, PASSWORD } from '../support/client.js';
import { type AdapterName, type Host, startHost } from '../support/host-app.js';
import { createMigratedDatabase, type TestDatabase } from '../support/postgres.js';

const OLD = 'latchkey';
const NEW = 'https://auth.example.com';

@Controller('renewals')
class RenewalsController {
  @Post()
  @UseGuards(RefreshJwtGuard)
  renew() {
    return { renewed: true };
  }
}

const claimsOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString());
const issuerOf = (token: string): string => claimsOf(token).iss;

describe.each<AdapterName>(['express', 'fastify'])('a move to a new issuer, on %s', (adapter) => {
  const secret = () => randomBytes(48).toString('base64url');
  const jwt = { accessSecret: secret(), refreshSecret: secret() };
  let database: TestDatabase;
  /** Before the move; prepared for it; moved; and moved without waiting for the old tokens to expire. */
  let old: Host, prepared: Host, moved: Host, strict: Host;

  const start = (options: Partial<AuthModuleOptions>, more: Partial<AuthModuleOptions['jwt']> = {}) =>
    startHost({
      adapter,
      databaseUrl: database.url,
      controllers: [RenewalsController],
      options: {
        cookies: { secure: false, silentRefresh: true },
        ...options,
        jwt: { ...jwt, ...more },
      },
    });

  beforeAll(async () => {
    database = await createMigratedDatabase();
    old = await start({});
    prepared = await start({ publicUrl: NEW }, { issuer: OLD, acceptedIssuers: [NEW] });
    moved = await start({ publicUrl: NEW }, { acceptedIssuers: [OLD] });
    strict = await start({ publicUrl: NEW });
  });
  afterAll(async () => {
    await Promise.all([old, prepared, moved, strict].map((host) => host?.close()));
    await database?.drop();
  });

  const login = async (host: Host) =>
    (await host.client.post('/auth/register', { email: newEmail(), password: PASSWORD })).body;
  const refresh = async (host: Host, refreshToken: string) =>
    host.client.post('/auth/refresh', { refreshToken });
  const isLive = async (pair: { accessToken: string }) =>
    (await old.client.get('/orders', { token: pair.accessToken })).status === 200;

  /** The access token as if it had been issued an hour ago. */
  function expired(token: string): string {
    const claims = claimsOf(token);
    const payload = JSON.stringify({ ...claims, iat: claims.iat - 3600, exp: claims.exp - 3600 });
    const input = `${token.split('.')[0]}.${Buffer.from(payload).toString('base64url')}`;
    return `${input}.${createHmac('sha256', jwt.accessSecret).update(input).digest('base64url')}`;
  }

  async function atOAuth(host: Host, path: string, token: string) {
    const client = await host.app.get(ResourceClients).create(`api-${randomBytes(4).toString('hex')}`);
    const credentials = Buffer.from(`${client!.id}:${client!.secret}`).toString('base64');
    return host.client.call(path, {
      raw: new URLSearchParams({ token }).toString(),
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        authorization: `Basic ${credentials}`,
      },
    });
  }

  it('accepts an access token of the old issuer wherever tokens are verified', async () => {
    const { accessToken } = await login(old);
    expect(issuerOf(accessToken)).toBe(OLD);
    for (let times = 0; times < 2; times++) {
      expect((await moved.client.get('/orders', { token: accessToken })).status).toBe(200);
      expect(await moved.app.get(TokensService).verify(accessToken)).toMatchObject({ iss: OLD });
    }
    expect((await moved.client.get('/orders', { cookie: `access=${accessToken}` })).status).toBe(200);
    expect((await atOAuth(moved, '/oauth/introspect', accessToken)).body).toMatchObject({
      active: true,
      iss: OLD,
    });
    const late = await moved.client.get('/orders', { token: expired(accessToken) });
    expect(late.body.error).toBe('TOKEN_EXPIRED');
  });

  it('gives new tokens the new issuer, at login and when an old session is refreshed', async () => {
    const fresh = await login(moved);
    const { refreshToken } = await login(old);
    const { body: renewed } = await refresh(moved, refreshToken);
    for (const pair of [fresh, renewed])
      expect([issuerOf(pair.accessToken), issuerOf(pair.refreshToken)]).toEqual([NEW, NEW]);
    expect((await refresh(moved, renewed.refreshToken)).status).toBe(200);
  });

  it('answers a repeated refresh with the same successor, and takes a later one for reuse', async () => {
    const { refreshToken } = await login(old);
    const first = (await refresh(moved, refreshToken)).body;
    const again = (await refresh(moved, refreshToken)).body;
    expect(again.refreshToken).toBe(first.refreshToken);
    expect((await refresh(moved, first.refreshToken)).status).toBe(200);
    expect((await refresh(moved, refreshToken)).body.error).toBe('REFRESH_TOKEN_REUSED');
  });

  it('keeps the old refresh token where refreshes do not replace it', async () => {
    const kept = await start({ publicUrl: NEW, sessions: { rotation: false } }, { acceptedIssuers: [OLD] });
    const { refreshToken } = await login(old);
    const answers = [await refresh(kept, refreshToken), await refresh(kept, refreshToken)];
    const renewed = await refresh(kept, answers[0]!.body.refreshToken);
    await kept.close();
    expect([...answers, renewed].map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(issuerOf(renewed.body.accessToken)).toBe(NEW);
    expect(claimsOf(renewed.body.refreshToken)).toMatchObject({ iss: NEW, jti: claimsOf(refreshToken).jti });
  });

  it('keeps a refresh token usable on instances that are prepared and on those that have moved', async () => {
    let { refreshToken } = await login(prepared);
    expect(issuerOf(refreshToken)).toBe(OLD);
    for (const host of [moved, prepared, moved]) {
      const answer = await refresh(host, refreshToken);
      expect(answer.status).toBe(200);
      const { accessToken } = answer.body;
      for (const other of [prepared, moved])
        expect((await other.client.get('/orders', { token: accessToken })).status).toBe(200);
      ({ refreshToken } = answer.body);
    }
  });

  it('lets a replay on another instance continue the session, although the issuer of the text differs', async () => {
    const { refreshToken } = await login(prepared);
    const [here, there] = [
      (await refresh(prepared, refreshToken)).body,
      (await refresh(moved, refreshToken)).body,
    ];
    expect(claimsOf(there.refreshToken)).toEqual({ ...claimsOf(here.refreshToken), iss: NEW });
    expect((await refresh(moved, here.refreshToken)).status).toBe(200);
    expect((await refresh(prepared, there.refreshToken)).status).toBe(200);
  });

  it('guards a route with a refresh token of the old issuer', async () => {
    const { refreshToken } = await login(old);
    expect((await moved.client.post('/renewals', { refreshToken })).status).toBe(201);
    expect((await strict.client.post('/renewals', { refreshToken })).body.error).toBe(
      'INVALID_REFRESH_TOKEN',
    );
  });

  it.each(['accessToken', 'refreshToken'] as const)(
    'ends the session of an old %s at logout',
    async (name) => {
      const pair = await login(old);
      const credential = name === 'accessToken' ? { token: pair.accessToken } : {};
      const body = name === 'refreshToken' ? { refreshToken: pair.refreshToken } : undefined;
      expect((await moved.client.post('/auth/logout', body, credential)).status).toBe(204);
      expect((await refresh(moved, pair.refreshToken)).body.error).toBe('TOKEN_REVOKED');
    },
  );

  it('ends the session of an old access token at logout even after it has expired', async () => {
    const pair = await login(old);
    const token = expired(pair.accessToken);
    expect((await moved.client.post('/auth/logout', undefined, { token })).status).toBe(204);
    expect((await refresh(moved, pair.refreshToken)).body.error).toBe('TOKEN_REVOKED');
  });

  it('revokes old tokens for resource servers', async () => {
    const pair = await login(old);
    expect((await atOAuth(moved, '/oauth/revoke', pair.accessToken)).status).toBe(200);
    expect((await moved.client.get('/orders', { token: pair.accessToken })).body.error).toBe('TOKEN_REVOKED');
    expect((await refresh(moved, pair.refreshToken)).status).toBe(200);
    const other = await login(old);
    expect((await atOAuth(moved, '/oauth/revoke', other.refreshToken)).status).toBe(200);
    expect((await refresh(moved, other.refreshToken)).body.error).toBe('TOKEN_REVOKED');
  });

  it('renews old cookies silently, with the new issuer', async () => {
    const pair = await login(old);
    const cookie = `access=${expired(pair.accessToken)}; refresh=${pair.refreshToken}`;
    const answer = await moved.client.get('/orders', { cookie });
    expect(answer.status).toBe(200);
    expect(issuerOf(answer.cookies.access!.value)).toBe(NEW);
    expect(issuerOf(answer.cookies.refresh!.value)).toBe(NEW);
    expect((await moved.client.get('/orders', { cookie: cookieHeader(answer) })).status).toBe(200);
  });

  it('refuses tokens of the old issuer without the list, and ends no session', async () => {
    const pair = await login(old);
    const guarded = await strict.client.get('/orders', { token: pair.accessToken });
    expect([guarded.status, guarded.body.error]).toEqual([401, 'INVALID_TOKEN']);
    const renewed = await refresh(strict, pair.refreshToken);
    expect([renewed.status, renewed.body.error]).toEqual([401, 'INVALID_REFRESH_TOKEN']);
    await expect(strict.app.get(TokensService).verify(pair.accessToken)).rejects.toMatchObject({
      code: 'INVALID_TOKEN',
    });
    expect((await atOAuth(strict, '/oauth/introspect', pair.accessToken)).body).toEqual({ active: false });
    const cookie = `access=${expired(pair.accessToken)}; refresh=${pair.refreshToken}`;
    expect((await strict.client.get('/orders', { cookie })).status).toBe(401);
    for (const token of [pair.accessToken, pair.refreshToken]) {
      expect((await atOAuth(strict, '/oauth/revoke', token)).status).toBe(200);
      expect((await strict.client.post('/auth/logout', { refreshToken: token })).status).toBe(204);
    }
    expect((await strict.client.post('/auth/logout', undefined, { token: pair.accessToken })).status).toBe(
      204,
    );
    expect(await isLive(pair)).toBe(true);
  });

  it('refuses tokens of the new issuer on an instance that is not prepared', async () => {
    const pair = await login(moved);
    expect((await old.client.get('/orders', { token: pair.accessToken })).body.error).toBe('INVALID_TOKEN');
    expect((await refresh(old, pair.refreshToken)).body.error).toBe('INVALID_REFRESH_TOKEN');
    expect((await refresh(moved, pair.refreshToken)).status).toBe(200);
  });
});
