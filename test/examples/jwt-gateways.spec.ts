import { createPublicKey } from 'node:crypto';
import { keyFromPem, type SigningKey } from '../../src/keys/signing-key.js';
import { encode, signatureOf } from '../attacks/forge.js';
import { newEmail, PASSWORD } from '../support/client.js';
import { exactHttp } from '../support/exact-http.js';
import { createMigratedDatabase, type TestDatabase } from '../support/postgres.js';
import { type ServiceHere, startServiceHere } from '../support/service-here.js';
import { productionSettings } from '../support/service-process.js';
import { decode, foreignKey, type Part, signedWithPublicKey, tampered, unsigned } from './forged-tokens.js';
import {
  type App,
  describeWith,
  type Gateway,
  type GatewayName,
  OTHER_SPELLINGS,
  startApp,
  startGateway,
} from '../support/gateway-process.js';
import { startTlsFront } from './tls-front.js';

const ISSUER = 'https://auth.example.com';
const KEYS = '/.well-known/jwks.json';

const CASES: [GatewayName, string][] = [
  ['haproxy', 'haproxy-jwt.cfg'],
  ['apache', 'apache.conf'],
];

describe.each(CASES)('a gateway that verifies tokens itself', (name, file) => {
  describeWith(name)(name, () => {
    let database: TestDatabase;
    let service: ServiceHere;
    let tls: Awaited<ReturnType<typeof startTlsFront>> | undefined;
    let app: App;
    let gateway: Gateway;
    let key: SigningKey;
    let pair: { accessToken: string; refreshToken: string; user: { id: string } };
    beforeAll(async () => {
      database = await createMigratedDatabase();
      const settings: Record<string, string> = {
        ...productionSettings(database.url),
        JWT_ISSUER: ISSUER,
        JWT_AUDIENCE: 'latchkey',
      };
      [service, app] = await Promise.all([startServiceHere(settings), startApp()]);
      const pem = settings.JWT_ACCESS_PRIVATE_KEY!;
      key = keyFromPem(pem, 'ES256');
      if (name === 'apache') tls = await startTlsFront(service.client.url); // it reads keys over https only
      const addresses = { '127.0.0.1:4000': app.address, [ISSUER + KEYS]: `${tls?.url}${KEYS}` };
      const publicKey = createPublicKey(pem).export({ type: 'spki', format: 'pem' }) as string;
      gateway = await startGateway(name, file, addresses, { '/etc/haproxy/latchkey.pem': publicKey });
      pair = (await service.client.post('/auth/register', { email: newEmail(), password: PASSWORD })).body;
    });
    afterEach(() => void app.requests.splice(0));
    afterAll(async () => {
      await gateway?.end();
      app?.close();
      tls?.close();
      await service?.end();
      await database?.drop();
    });

    const ask = (headers: Record<string, string>) =>
      exactHttp(`${gateway.url}/orders`, { method: 'GET', headers });
    const bearer = (token: string) => ask({ authorization: `Bearer ${token}` });
    /** The valid token with other parts, signed with the service's own key by default. */
    const made = (changes: { header?: Part; claims?: Part; key?: SigningKey }): string => {
      const header = { ...decode(pair.accessToken, 0), ...changes.header };
      const input = [header, { ...decode(pair.accessToken, 1), ...changes.claims }]
        .map((part) => encode(JSON.stringify(part)))
        .join('.');
      return `${input}.${encode(signatureOf(input, 'ES256', (changes.key ?? key).privateKey))}`;
    };
    const now = () => Math.floor(Date.now() / 1000);

    it('accepts a valid token, and one made the same way with the same key', async () => {
      for (const token of [pair.accessToken, made({ claims: { jti: 'another' } })])
        expect(await bearer(token)).toMatchObject({ status: 200, body: 'reached' });
    });

    it('tells the app who makes the request, and nothing that the client made up', async () => {
      const forged = {
        'x-auth-user': 'root',
        'x-auth-roles': 'admin',
        'x-auth-session': 'x',
        'x-remote-user': 'root',
      };
      expect(await ask({ ...forged, authorization: `Bearer ${pair.accessToken}` })).toMatchObject({
        status: 200,
      });
      const [{ headers }] = app.requests as [App['requests'][0]];
      expect(headers['x-auth-user']).toBe(pair.user.id);
      expect(headers).not.toHaveProperty('x-auth-session');
      expect(headers).not.toHaveProperty('x-auth-roles');
    });

    it.each(OTHER_SPELLINGS)('passes on nothing that the client made up as %s', async (spelling) => {
      const answer = await ask({ [spelling]: 'forged', authorization: `Bearer ${pair.accessToken}` });
      expect(answer).toMatchObject({ status: 200 });
      const [{ headers }] = app.requests as [App['requests'][0]];
      expect(headers['x-auth-user']).toBe(pair.user.id);
      expect(Object.keys(headers)).not.toContain(spelling.toLowerCase());
    });

    // mod_auth_openidc checks neither that there is an exp nor nbf; Latchkey always sets exp, and no nbf.
    const strangeTimes: [string, () => string][] = [
      ['a token that never expires', () => made({ claims: { exp: undefined } })],
      ['a token that is not valid yet', () => made({ claims: { nbf: now() + 100 } })],
    ];

    it.each<[string, () => string | Promise<string>]>([
      ['an expired token', () => made({ claims: { iat: now() - 1000, exp: now() - 100 } })],
      ['another key under the same key id', async () => made({ key: await foreignKey('ES256') })],
      ['no signature', () => unsigned(made({ header: { alg: 'none' } }))],
      ['the public key as a shared secret', () => signedWithPublicKey(made({}), key)],
      ['a refresh token', () => pair.refreshToken],
      ['a token of type refresh', () => made({ claims: { type: 'refresh' } })],
      ['a token for another audience', () => made({ claims: { aud: 'invoices' } })],
      ['a token of another issuer', () => made({ claims: { iss: `${ISSUER}/` } })],
      ['a token with changed claims', () => tampered(pair.accessToken)],
      ['garbage', () => 'garbage'],
      ...(name === 'apache' ? [] : strangeTimes),
    ])('refuses %s', async (_, forge) => {
      expect(await bearer(await forge())).toMatchObject({ status: 401 });
      expect(app.requests).toEqual([]);
    });

    it('refuses a request without a token', async () => {
      for (const headers of [{}, { authorization: 'Bearer' }, { authorization: 'Basic YTpi' }])
        expect(await ask(headers as Record<string, string>)).toMatchObject({
          status: 401,
          headers: { 'www-authenticate': expect.stringMatching(/^Bearer \w+="/) },
        });
      expect(app.requests).toEqual([]);
    });
  });
});
