import { createHmac } from 'node:crypto';
import { TokensService } from '../../src/index.js';
import { newEmail, PASSWORD } from '../support/client.js';
import type { Host } from '../support/host-app.js';
import { ALGORITHMS, decode, secret, startAttacked } from './attacked-host.js';
import { encode, type Forger, withClaims } from './forge.js';

const ISSUER = 'https://auth.example.com';
const ACCEPTED = ['latchkey', 'https://old.example.com/tenant'];

const FORGED: unknown[] = [
  ...[ISSUER, ...ACCEPTED].flatMap((issuer) => [
    issuer.toUpperCase(),
    `${issuer}/`,
    ` ${issuer}`,
    `${issuer} `,
    `${issuer}\0`,
    issuer.slice(0, -1),
    issuer.slice(1),
    `${issuer}x`,
    `${issuer}?`,
    `${issuer}#`,
    [issuer],
    { [issuer]: true },
  ]),
  ACCEPTED,
  ACCEPTED.join(),
  'https://old.example.com',
  'https://OLD.example.com/tenant',
  'https://old.example.com:443/tenant',
  'https://old.example.com/Tenant',
  'https://old.example.com/./tenant',
  'https://old.example.com/tenant/sub',
  'http://old.example.com/tenant',
  'lаtchkey',
  '',
  null,
  0,
  '0',
  'length',
  'constructor',
  '__proto__',
];
const cases = FORGED.map((iss) => [JSON.stringify(iss), iss] as const);

describe.each(ALGORITHMS)('with accepted issuers, %s', (algorithm) => {
  let host: Host;
  let forger: Forger;
  const refreshSecret = secret();
  beforeAll(async () => {
    const options = { publicUrl: ISSUER, jwt: { refreshSecret, acceptedIssuers: ACCEPTED } };
    ({ host, forger } = await startAttacked(algorithm, { options }));
  });
  afterAll(() => host.close());

  const pass = async (token: string) =>
    (await host.client.get('/orders', { token })).body.error ?? 'accepted';

  /** A refresh token with this issuer, signed with the app's own secret. */
  const refreshTokenOf = (refreshToken: string, iss: unknown) => {
    const input = [decode(refreshToken, 0), { ...decode(refreshToken, 1), iss }]
      .map((part) => encode(JSON.stringify(part)))
      .join('.');
    return `${input}.${encode(createHmac('sha256', refreshSecret).update(input).digest())}`;
  };

  it.each(cases)('an access token of %s is refused, again and again', async (_, iss) => {
    const token = withClaims({ iss })(forger);
    for (let times = 0; times < 2; times++) {
      expect(await pass(token)).toBe('INVALID_TOKEN');
      await expect(host.app.get(TokensService).verify(token)).rejects.toMatchObject({
        code: 'INVALID_TOKEN',
      });
    }
  });

  it('an access token without an issuer is refused', async () => {
    expect(await pass(withClaims({ iss: undefined })(forger))).toBe('INVALID_TOKEN');
  });

  it.each([ISSUER, ...ACCEPTED])('an access token of %s is accepted', async (iss) => {
    expect(await pass(withClaims({ iss })(forger))).toBe('accepted');
  });

  it.each(cases)('a refresh token of %s is refused, and its session lives on', async (_, iss) => {
    const { refreshToken } = (
      await host.client.post('/auth/register', { email: newEmail(), password: PASSWORD })
    ).body;
    const forged = refreshTokenOf(refreshToken, iss);
    const answer = await host.client.post('/auth/refresh', { refreshToken: forged });
    expect([answer.status, answer.body.error]).toEqual([401, 'INVALID_REFRESH_TOKEN']);
    expect((await host.client.post('/auth/logout', { refreshToken: forged })).status).toBe(204);
    expect((await host.client.post('/auth/refresh', { refreshToken })).status).toBe(200);
  });
});
