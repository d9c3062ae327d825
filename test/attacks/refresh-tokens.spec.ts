// Covers docs/security.md, case 2, 25, 31, 32, 33, 37, 40, 89, 91, 92, 94, 95.
import { createHmac, randomBytes } from 'node:crypto';
import { newEmail, PASSWORD } from '../support/client.js';
import { type Host, startHost } from '../support/host-app.js';
import { encode } from './forge.js';

let host: Host;
beforeAll(async () => {
  host = await startHost({ adapter: 'fastify' });
});
afterAll(() => host.close());

const register = async () =>
  (await host.client.post('/auth/register', { email: newEmail(), password: PASSWORD })).body;
const part = (token: string, index: 0 | 1) =>
  JSON.parse(Buffer.from(token.split('.')[index]!, 'base64url').toString());
const resign = (header: object, claims: object, secret = host.secrets.refresh) => {
  const input = `${encode(JSON.stringify(header))}.${encode(JSON.stringify(claims))}`;
  return `${input}.${encode(createHmac('sha256', secret).update(input).digest())}`;
};

interface Pair {
  accessToken: string;
  refreshToken: string;
}

describe('forged refresh tokens', () => {
  const cases: [string, (own: Pair, other: Pair) => string][] = [
    ['an access token', ({ accessToken }) => accessToken],
    ['garbage', () => 'garbage'],
    [
      'a session that never existed',
      ({ refreshToken: t }) =>
        resign(part(t, 0), { ...part(t, 1), sid: '3f0e8f3e-0f7c-4a53-9b0a-2f1f6d2a9d10' }),
    ],
    [
      'an invalid session id',
      ({ refreshToken: t }) => resign(part(t, 0), { ...part(t, 1), sid: "' OR 1=1" }),
    ],
    ['an invalid token id', ({ refreshToken: t }) => resign(part(t, 0), { ...part(t, 1), jti: 'x' })],
    [
      'signed with the access secret',
      ({ refreshToken: t }) => resign(part(t, 0), part(t, 1), host.secrets.access),
    ],
    ['unsigned', ({ refreshToken: t }) => resign({ ...part(t, 0), alg: 'none' }, part(t, 1))],
    ['with another typ', ({ refreshToken: t }) => resign({ ...part(t, 0), typ: 'at+jwt' }, part(t, 1))],
    ['with another type', ({ refreshToken: t }) => resign(part(t, 0), { ...part(t, 1), type: 'access' })],
    ['with another issuer', ({ refreshToken: t }) => resign(part(t, 0), { ...part(t, 1), iss: 'other' })],
    ['with another audience', ({ refreshToken: t }) => resign(part(t, 0), { ...part(t, 1), aud: 'other' })],
    ['an invalid sub', ({ refreshToken: t }) => resign(part(t, 0), { ...part(t, 1), sub: {} })],
    ['with an extra letter', ({ refreshToken: t }) => `${t}A`],
    ['with a letter missing', ({ refreshToken: t }) => t.slice(0, -1)],
    ['with white space', ({ refreshToken: t }) => ` ${t} `],
    ['percent-encoded', ({ refreshToken: t }) => t.replaceAll('.', '%2E')],
    ['padded', ({ refreshToken: t }) => `${t}=`],
    ['with a NUL', ({ refreshToken: t }) => `${t}\0`],
    ['the token id in the database', ({ refreshToken: t }) => part(t, 1).jti],
    [
      'the signature of another token',
      ({ refreshToken: t }, other) =>
        [...t.split('.').slice(0, 2), other.refreshToken.split('.')[2]].join('.'),
    ],
  ];

  it.each(cases)('%s: is refused, and no session ends', async (_, forge) => {
    const [own, other] = [await register(), await register()];
    const refreshToken = forge(own, other);
    const answer = await host.client.post('/auth/refresh', { refreshToken });
    expect([answer.status, answer.body.error]).toEqual([401, 'INVALID_REFRESH_TOKEN']);
    for (const pair of [own, other]) {
      expect((await host.client.post('/auth/refresh', { refreshToken: pair.refreshToken })).status).toBe(200);
    }
  });

  it.each(cases.slice(1))('%s: logs nobody out', async (_, forge) => {
    const [own, other] = [await register(), await register()];
    expect((await host.client.post('/auth/logout', { refreshToken: forge(own, other) })).status).toBe(204);
    for (const pair of [own, other])
      expect((await host.client.get('/orders', { token: pair.accessToken })).status).toBe(200);
  });

  it('an access token in the refresh cookie is refused', async () => {
    const { accessToken, refreshToken } = await register();
    const answer = await host.client.post('/auth/refresh', undefined, { cookie: `refresh=${accessToken}` });
    expect([answer.status, answer.body.error]).toEqual([401, 'INVALID_REFRESH_TOKEN']);
    expect((await host.client.post('/auth/refresh', { refreshToken })).status).toBe(200);
  });

  it('a refresh cannot request more than the user has', async () => {
    const { refreshToken } = await register();
    const body = { refreshToken, roles: ['admin'], scope: 'admin', permissions: ['*'], sub: 'other' };
    const { accessToken } = (await host.client.post('/auth/refresh', body)).body;
    expect(part(accessToken, 1)).toMatchObject({ roles: [], permissions: [] });
  });

  it('tokens of a deleted account do not work for the next account with the same address', async () => {
    const account = { email: newEmail(), password: PASSWORD };
    const first = (await host.client.post('/auth/register', account)).body;
    await host.database.query('DELETE FROM users WHERE id = $1', [first.user.id]);
    const second = (await host.client.post('/auth/register', account)).body;
    expect(second.user.id).not.toBe(first.user.id);
    expect((await host.client.get('/auth/me', { token: first.accessToken })).status).toBe(401);
    expect((await host.client.post('/auth/refresh', { refreshToken: first.refreshToken })).status).toBe(401);
    expect((await host.client.post('/auth/refresh', { refreshToken: second.refreshToken })).status).toBe(200);
  });

  it('two hundred guesses at one session find nothing, and do not end it', async () => {
    const { refreshToken } = await register();
    for (let i = 0; i < 200; i++) {
      const guess = `${refreshToken.split('.').slice(0, 2).join('.')}.${randomBytes(32).toString('base64url')}`;
      expect((await host.client.post('/auth/refresh', { refreshToken: guess })).status).toBe(401);
    }
    expect((await host.client.post('/auth/refresh', { refreshToken })).status).toBe(200);
  });
});
