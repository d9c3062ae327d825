// Covers docs/security.md, case 124.
import { createHash } from 'node:crypto';
import { ResourceClients, TokensService } from '../../src/index.js';
import { generatePem } from '../../src/keys/signing-key.js';
import { newEmail, PASSWORD } from '../support/client.js';
import { type AdapterName, type Host, startHost } from '../support/host-app.js';

const basic = (id: string, secret: string) => `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;

describe.each<AdapterName>(['express', 'fastify'])('resource servers, on %s', (adapter) => {
  let host: Host;
  let authorization: string;

  beforeAll(async () => {
    const accessPrivateKey = await generatePem('ES256');
    host = await startHost({
      adapter,
      options: {
        jwt: {
          algorithm: 'ES256',
          accessPrivateKey,
          issuer: 'https://auth.example.com',
          refreshSecret: 'r'.repeat(48),
        },
      },
    });
    const client = await host.app.get(ResourceClients).create('orders.api');
    authorization = basic(client!.id, client!.secret);
  });
  afterAll(() => host.close());
  beforeEach(() => {
    host.clock.offset = 0;
  });

  const ask = (
    path: string,
    fields: Record<string, string>,
    headers: Record<string, string> = { authorization },
  ) =>
    host.client.call(path, {
      raw: new URLSearchParams(fields).toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    });
  const introspect = async (token: string, hint?: string) =>
    (await ask('/oauth/introspect', { token, ...(hint && { token_type_hint: hint }) })).body;
  const register = async () =>
    (await host.client.post('/auth/register', { email: newEmail(), password: PASSWORD })).body;

  it.each([undefined, 'access_token', 'refresh_token', 'nonsense'])(
    'get the claims of a live access token and nothing about a refresh token, whatever the hint (%s)',
    async (hint) => {
      const { accessToken, refreshToken, user } = await register();
      expect(await introspect(accessToken, hint)).toMatchObject({
        active: true,
        token_type: 'Bearer',
        sub: user.id,
        iss: 'https://auth.example.com',
        aud: 'latchkey',
        exp: expect.any(Number),
        iat: expect.any(Number),
        jti: expect.any(String),
      });
      expect(await introspect(refreshToken, hint)).toEqual({ active: false });
    },
  );

  it('learn about any other token that it is not active, and nothing else', async () => {
    const replaced = await register();
    const next = (await host.client.post('/auth/refresh', { refreshToken: replaced.refreshToken })).body;
    const ended = await register();
    await host.client.post('/auth/logout', { refreshToken: ended.refreshToken });
    const expired = await register();
    const [header, payload] = expired.accessToken.split('.');
    const revoked = await register();
    await ask('/oauth/revoke', { token: revoked.accessToken });
    const disabled = await register();
    await host.database.query('UPDATE users SET disabled_at = now() WHERE id = $1', [disabled.user.id]);
    for (const token of [
      replaced.refreshToken,
      next.refreshToken,
      revoked.accessToken,
      revoked.refreshToken,
      disabled.accessToken,
      disabled.refreshToken,
      ended.accessToken,
      ended.refreshToken,
      'garbage',
      `${header}.${payload}.AAAA`,
      'x'.repeat(10_000),
    ]) {
      expect(await introspect(token)).toEqual({ active: false });
    }
    host.clock.offset = 3_600_000;
    expect(await introspect(expired.accessToken)).toEqual({ active: false });
  });

  it('revoke an access token alone, a refresh token with its session, and nothing twice', async () => {
    const { accessToken, refreshToken } = await register();
    for (let i = 0; i < 2; i++) expect((await ask('/oauth/revoke', { token: accessToken })).status).toBe(200);
    expect((await host.client.get('/orders', { token: accessToken })).body.error).toBe('TOKEN_REVOKED');
    const next = (await host.client.post('/auth/refresh', { refreshToken })).body;
    expect((await host.client.get('/orders', { token: next.accessToken })).status).toBe(200);

    expect(
      (await ask('/oauth/revoke', { token: next.refreshToken, token_type_hint: 'access_token' })).status,
    ).toBe(200);
    expect((await host.client.get('/orders', { token: next.accessToken })).body.error).toBe('TOKEN_REVOKED');
    expect((await ask('/oauth/revoke', { token: 'garbage' })).status).toBe(200);
  });

  it.each([
    ['no credentials', {}],
    ['an unknown client', { authorization: basic('nobody', 'x') }],
    ['a wrong secret', { authorization: basic('orders.api', 'x') }],
    ['an empty secret', { authorization: basic('orders.api', '') }],
    ['no colon', { authorization: `Basic ${Buffer.from('orders.api').toString('base64')}` }],
    ['no base64', { authorization: 'Basic %%%' }],
    ['a broken escape', { authorization: basic('%zz', '%zz') }],
    ['SQL', { authorization: basic("' OR 1=1 --", 'x') }],
    ['a NUL', { authorization: basic('a\0', 'x') }],
  ])('must authenticate: %s', async (_, headers) => {
    const { accessToken } = await register();
    for (const path of ['/oauth/introspect', '/oauth/revoke']) {
      const answer = await ask(path, { token: accessToken }, headers as Record<string, string>);
      expect([answer.status, answer.body.error]).toEqual([401, 'invalid_client']);
      expect(answer.headers.get('www-authenticate')).toBe('Basic realm="latchkey", charset="UTF-8"');
    }
    expect((await host.client.get('/orders', { token: accessToken })).status).toBe(200);
  });

  it('cannot use an access token as a credential', async () => {
    const { accessToken } = await register();
    const answer = await ask(
      '/oauth/introspect',
      { token: accessToken },
      { authorization: `Bearer ${accessToken}` },
    );
    expect(answer.status).toBe(401);
  });

  it.each([{}, { token: '' }, { other: 'x' }])('must name a token: %j is refused', async (fields) => {
    const answer = await ask('/oauth/introspect', fields as Record<string, string>);
    expect([answer.status, answer.body.error]).toEqual([400, 'invalid_request']);
  });

  it('have their secret stored only as a hash', async () => {
    const rows = await host.database.query('SELECT * FROM resource_clients');
    const [, secret] = Buffer.from(authorization.slice(6), 'base64').toString().split(':');
    expect(JSON.stringify(rows)).not.toContain(secret);
  });

  it('find the public keys: thumbprint as id, nothing private, cached, 304 for clients that have them', async () => {
    const answer = await host.client.get('/.well-known/jwks.json');
    const [key] = answer.body.keys;
    const { crv, kty, x, y } = key;
    expect(Object.keys(key).toSorted()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']);
    expect(key).toMatchObject({ alg: 'ES256', use: 'sig' });
    const thumbprint = createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url');
    expect(key.kid).toBe(thumbprint);
    expect(answer.headers.get('cache-control')).toBe('public, max-age=300');

    const etag = answer.headers.get('etag')!;
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const again = await host.client.get('/.well-known/jwks.json', { headers: { 'if-none-match': known } });
      expect([again.status, again.body]).toEqual([304, '']);
    }
    const other = await host.client.get('/.well-known/jwks.json?x=1', {
      headers: { 'if-none-match': '"other"' },
    });
    expect(other.status).toBe(200);
    const head = await host.client.call('/.well-known/jwks.json?unknown=query', { method: 'HEAD' });
    expect([head.status, head.body, head.headers.get('etag')]).toEqual([200, '', etag]);
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
  });

  it('find every endpoint (RFC 8414), under the exact issuer', async () => {
    const { body, headers } = await host.client.get('/.well-known/oauth-authorization-server');
    expect(headers.get('content-type')).toMatch(/^application\/json/);
    expect(body).toMatchObject({
      issuer: 'https://auth.example.com',
      jwks_uri: 'https://auth.example.com/.well-known/jwks.json',
      introspection_endpoint: 'https://auth.example.com/oauth/introspect',
      revocation_endpoint: 'https://auth.example.com/oauth/revoke',
    });
  });
});

it('learn whether a token is active from Latchkey and not from what the claims of a host say', async () => {
  const host = await startHost({
    options: { claims: () => ({ active: false, token_type: 'none', tenant: 'acme' }) },
  });
  const client = (await host.app.get(ResourceClients).create('orders.api'))!;
  const account = { email: newEmail(), password: PASSWORD };
  const { accessToken } = (await host.client.post('/auth/register', account)).body;
  const { body } = await host.client.call('/oauth/introspect', {
    raw: `token=${accessToken}&client_id=${client.id}&client_secret=${client.secret}`,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });
  expect(body).toMatchObject({ active: true, token_type: 'Bearer', tenant: 'acme' });
  await host.close();
});

it('learn that a revoked access token is not active even where guards do not check for that', async () => {
  const host = await startHost({ options: { revocation: { check: 'stateless' } } });
  const client = (await host.app.get(ResourceClients).create('orders.api'))!;
  const { accessToken, user } = (
    await host.client.post('/auth/register', { email: newEmail(), password: PASSWORD })
  ).body;
  const introspect = async () =>
    (
      await host.client.call('/oauth/introspect', {
        raw: `token=${accessToken}&client_id=${client.id}&client_secret=${client.secret}`,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      })
    ).body;
  expect(await introspect()).toMatchObject({ active: true, sub: user.id });
  await host.app.get(TokensService).revokeAccessToken((await introspect()).jti);
  expect(await introspect()).toEqual({ active: false });
  await host.close();
});

it('never publishes shared secrets', async () => {
  const host = await startHost();
  expect((await host.client.get('/.well-known/jwks.json')).body).toEqual({ keys: [] });
  await host.close();
});
