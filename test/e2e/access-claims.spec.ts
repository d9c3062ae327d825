import { generateKeyPairSync } from 'node:crypto';
import { createLocalJWKSet, jwtVerify } from 'jose';
import type { AuthModuleOptions } from '../../src/index.js';
import { newEmail, PASSWORD } from '../support/client.js';
import { type AdapterName, type Host, startHost } from '../support/host-app.js';
import { createDatabase, type TestDatabase } from '../support/postgres.js';
import { startServiceHere } from '../support/service-here.js';
import { productionSettings, PUBLIC_URL } from '../support/service-process.js';

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const accessPrivateKey = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
const refreshSecret = 'r'.repeat(48);

const part = (token: string, index: 0 | 1) =>
  JSON.parse(Buffer.from(token.split('.')[index]!, 'base64url').toString());
const account = () => ({ email: newEmail(), password: PASSWORD });

describe.each<AdapterName>(['express', 'fastify'])('the claims of access tokens, on %s', (adapter) => {
  let host: Host;
  const start = async (jwt: Partial<AuthModuleOptions['jwt']>, claims?: AuthModuleOptions['claims']) => {
    host = await startHost({
      adapter,
      options: { jwt: { accessPrivateKey, refreshSecret, ...jwt }, claims },
    });
  };
  afterEach(() => host.close());
  const register = async () => (await host.client.post('/auth/register', account())).body;

  it('are those of RFC 9068 §2, for a verifier that knows nothing else', async () => {
    await start({ issuer: 'https://auth.example.com', clientId: 'shop' });
    const { accessToken, user } = await register();
    const keys = createLocalJWKSet((await host.client.get('/.well-known/jwks.json')).body);
    const { payload, protectedHeader } = await jwtVerify(accessToken, keys, {
      issuer: 'https://auth.example.com',
      audience: 'latchkey',
      typ: 'at+jwt',
      subject: user.id,
      requiredClaims: ['exp', 'iat', 'jti', 'client_id', 'auth_time'],
    });
    expect(protectedHeader).toEqual({ alg: 'ES256', kid: expect.any(String), typ: 'at+jwt' });
    expect(payload).toMatchObject({ client_id: 'shop' });
    expect(payload).not.toHaveProperty('scope');
  });

  it('keep the time of the login at every refresh, and tell a new login', async () => {
    await start({});
    const login = account();
    let pair = (await host.client.post('/auth/register', login)).body;
    const loggedInAt = part(pair.accessToken, 1).auth_time;
    const [{ created_at: createdAt }] = await host.database.query(
      'SELECT created_at FROM refresh_tokens WHERE id = $1',
      [part(pair.accessToken, 1).sid],
    );
    expect(loggedInAt).toBe(Math.floor(createdAt.getTime() / 1000));

    // As if the user had logged in an hour ago.
    await host.database.query(`UPDATE refresh_tokens SET created_at = created_at - interval '1 hour'`);
    for (let times = 0; times < 3; times++) {
      pair = (await host.client.post('/auth/refresh', { refreshToken: pair.refreshToken })).body;
      const { auth_time, iat, client_id } = part(pair.accessToken, 1);
      expect([auth_time, client_id]).toEqual([loggedInAt - 3600, 'latchkey']);
      expect(iat).toBeGreaterThanOrEqual(loggedInAt);
    }
    const again = (await host.client.post('/auth/login', login)).body;
    expect(part(again.accessToken, 1).auth_time).toBeGreaterThanOrEqual(loggedInAt);
  });

  it('include the static ones and the scope, also after a refresh and for the handler', async () => {
    await start({ claims: { tenant: 'acme', nested: { a: [1] } }, scope: 'orders:read orders:write' });
    const first = await register();
    const second = (await host.client.post('/auth/refresh', { refreshToken: first.refreshToken })).body;
    const expected = { tenant: 'acme', nested: { a: [1] }, scope: 'orders:read orders:write' };
    for (const { accessToken } of [first, second]) {
      expect(part(accessToken, 1)).toMatchObject(expected);
      const { body } = await host.client.get('/orders', { token: accessToken });
      expect(body.user.claims).toMatchObject(expected);
    }
    expect(part(first.refreshToken, 1)).not.toHaveProperty('tenant');
  });

  it('are decided by the hook where it and the static ones differ, and by Latchkey where it writes them', async () => {
    await start({ claims: { tenant: 'acme', plan: 'free' }, scope: 'orders:read' }, () => ({
      tenant: 'other',
      scope: 'orders:write',
      client_id: 'forged',
      auth_time: 0,
      iss: 'forged',
      roles: ['admin'],
      type: 'refresh',
    }));
    const { accessToken } = await register();
    expect(part(accessToken, 1)).toMatchObject({
      tenant: 'other',
      plan: 'free',
      scope: 'orders:write',
      client_id: 'latchkey',
      iss: 'latchkey',
      roles: [],
      type: 'access',
    });
    expect(part(accessToken, 1).auth_time).toBeGreaterThan(0);
  });
});

describe('the claims that the service is configured with', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createDatabase();
  });
  afterAll(() => database.drop());

  it('are in its access tokens, under its address as issuer', async () => {
    const service = await startServiceHere({
      ...productionSettings(database.url),
      JWT_CLIENT_ID: 'shop',
      JWT_SCOPE: 'orders:read',
      JWT_CLAIMS: '{"https://hasura.io/jwt/claims":{"x-hasura-default-role":"user"}}',
    });
    const { accessToken, refreshToken } = (await service.client.post('/auth/register', account())).body;
    await service.end();
    expect(part(accessToken, 1)).toMatchObject({
      iss: PUBLIC_URL,
      client_id: 'shop',
      scope: 'orders:read',
      'https://hasura.io/jwt/claims': { 'x-hasura-default-role': 'user' },
    });
    expect(part(refreshToken, 1).iss).toBe(PUBLIC_URL);
  });

  it('have the port in the issuer that is chosen in development', async () => {
    const { PUBLIC_URL: _, ...settings } = productionSettings(database.url);
    const service = await startServiceHere({ ...settings, NODE_ENV: 'development' });
    const { accessToken } = (await service.client.post('/auth/register', account())).body;
    const metadata = (await service.client.get('/.well-known/oauth-authorization-server')).body;
    await service.end();
    expect([part(accessToken, 1).iss, metadata.issuer]).toEqual([service.client.url, service.client.url]);
  });
});
