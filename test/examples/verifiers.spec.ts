import { randomBytes } from 'node:crypto';
import type { SigningAlgorithm, SigningKey } from '../../src/keys/signing-key.js';
import { encode, signatureOf } from '../attacks/forge.js';
import { Client, newEmail, PASSWORD } from '../support/client.js';
import { runCli } from '../support/cli.js';
import { createDatabase, type TestDatabase } from '../support/postgres.js';
import { productionSettings, type ServiceProcess, startServiceProcess } from '../support/service-process.js';
import { until } from '../support/until.js';
import { startProxy } from './counting-proxy.js';
import {
  decode,
  foreignKey,
  type Part,
  signedWithPublicKey,
  signingKey,
  tampered,
  unsigned,
} from './forged-tokens.js';
import { examples, type RunningExample, startExample } from './verifier-process.js';

const ISSUER = 'https://auth.example.com';
const AUDIENCE = 'orders';

describe.each<SigningAlgorithm>(['ES256', 'RS256', 'EdDSA'])('verifiers elsewhere, %s', (algorithm) => {
  const tested = examples.filter(({ algorithms }) => algorithms.includes(algorithm));
  const running = new Map<string, RunningExample>();
  let database: TestDatabase;
  let settings: Record<string, string>;
  let service: ServiceProcess;
  let jwksProxy: Awaited<ReturnType<typeof startProxy>>;
  let key: SigningKey;
  let pair: { accessToken: string; refreshToken: string };

  const login = async () =>
    (await service.client.post('/auth/register', { email: newEmail(), password: PASSWORD })).body;

  beforeAll(async () => {
    database = await createDatabase();
    const { JWT_ACCESS_PRIVATE_KEY: _, ...rest } = productionSettings(database.url);
    settings = {
      ...rest,
      JWT_ALGORITHM: algorithm,
      JWT_ISSUER: ISSUER,
      JWT_AUDIENCE: AUDIENCE,
      KEY_ENCRYPTION_SECRET: randomBytes(48).toString('base64url'),
      KEY_PUBLISH_AHEAD: '3s',
    };
    service = await startServiceProcess(settings);
    pair = await login();
    jwksProxy = await startProxy(service.client.url);
    key = await signingKey(database.url, settings.KEY_ENCRYPTION_SECRET!);
    await Promise.all(
      tested.map(async (example) =>
        running.set(
          example.name,
          await startExample(example, {
            LATCHKEY_URL: jwksProxy.url,
            JWT_ISSUER: ISSUER,
            JWT_AUDIENCE: AUDIENCE,
            JWT_ALGORITHM: algorithm,
            JWKS_COOLDOWN: '1',
          }),
        ),
      ),
    );
  });
  afterAll(async () => {
    await Promise.all([...running.values()].map((example) => example.end()));
    jwksProxy?.close();
    await service?.end();
    await database?.drop();
  });

  const ask = async (name: string, authorization?: string) =>
    new Client(running.get(name)!.url).get('/orders', authorization ? { headers: { authorization } } : {});
  const statusFor = async (name: string, token: string) => (await ask(name, `Bearer ${token}`)).status;

  /** The valid token with other parts, signed with the service's own key by default. */
  function made(changes: { header?: Part; claims?: Part; key?: SigningKey }): string {
    const header = { ...decode(pair.accessToken, 0), ...changes.header };
    const input = [header, { ...decode(pair.accessToken, 1), ...changes.claims }]
      .map((part) => encode(JSON.stringify(part)))
      .join('.');
    return `${input}.${encode(signatureOf(input, algorithm, (changes.key ?? key).privateKey))}`;
  }

  it('the middleware for Next.js reads our cookie, and none that somebody planted', async () => {
    const status = async (cookie: string) =>
      (await new Client(running.get('next-edge')!.url).get('/orders', { cookie })).status;
    const ours = `__Host-access=${pair.accessToken}`;
    for (const cookie of [ours, `a=1; ${ours}; b=2`, `a=1;\t${ours}`]) expect(await status(cookie)).toBe(200);
    for (const cookie of [`\u00A0${ours}`, `a=1; \u00A0${ours}`, `=${ours}`, `x${ours}`, `${ours}; ${ours}`])
      expect([cookie, await status(cookie)]).toEqual([cookie, 401]);
  });

  describe.each(tested.map(({ name }) => name))('%s', (name) => {
    it('accepts a valid token, and one made the same way with the same key', async () => {
      expect(await statusFor(name, pair.accessToken)).toBe(200);
      expect(await statusFor(name, made({ claims: { jti: 'another' } }))).toBe(200);
    });

    const now = () => Math.floor(Date.now() / 1000);
    const refused: [string, () => string | Promise<string>][] = [
      [
        'an expired token',
        () => made({ claims: { iat: now() - 1000, exp: now() - 100, auth_time: now() - 1000 } }),
      ],
      ['a token that is not valid yet', () => made({ claims: { nbf: now() + 100 } })],
      [
        'a forged token: another key under the same key id',
        async () => made({ key: await foreignKey(algorithm) }),
      ],
      [
        'a forged token: another key and its id',
        async () => {
          const other = await foreignKey(algorithm);
          return made({ key: other, header: { kid: other.kid } });
        },
      ],
      ['a forged token: no signature', () => unsigned(made({ header: { alg: 'none' } }))],
      ['a forged token: the public key as a shared secret', () => signedWithPublicKey(made({}), key)],
      ['a refresh token', () => pair.refreshToken],
      [
        'a token of type refresh, signed with the key of access tokens',
        () => made({ claims: { type: 'refresh' } }),
      ],
      [
        'a token with another typ, signed with the key of access tokens',
        () => made({ header: { typ: 'JWT' } }),
      ],
      ['a token for another audience', () => made({ claims: { aud: 'invoices' } })],
      ['a token of another issuer', () => made({ claims: { iss: `${ISSUER}/` } })],
      ['a token with changed claims', () => tampered(pair.accessToken)],
      ['garbage', () => 'garbage'],
    ];
    it.each(refused)('refuses %s', async (_, forge) => {
      expect(await statusFor(name, await forge())).toBe(401);
      expect(await statusFor(name, pair.accessToken)).toBe(200);
    });

    it.each([undefined, 'Bearer', 'Basic YTpi'])('refuses a request without a token (%s)', async (header) => {
      expect((await ask(name, header)).status).toBe(401);
    });
  });

  it('a key rotation goes unnoticed: every verifier accepts old and new tokens', async () => {
    const { code, stdout } = await runCli(['keys', 'rotate', '--json'], settings);
    expect(code).toBe(0);
    const { kid } = JSON.parse(stdout) as { kid: string };
    let young = '';
    await until(async () => {
      young = (await login()).accessToken;
      return decode(young, 0).kid === kid;
    });
    const answers = await Promise.all(
      tested.flatMap(({ name }) => [young, pair.accessToken].map((token) => statusFor(name, token))),
    );
    expect(answers).toEqual(answers.map(() => 200));
  });

  it('a flood of unknown key ids causes few requests to the service, and valid tokens are still accepted', async () => {
    const before = jwksProxy.requests();
    const began = performance.now();
    for (const { name } of tested) {
      for (let i = 0; i < 100; i++) {
        const kid = randomBytes(24).toString('base64url');
        expect([401, 503]).toContain(await statusFor(name, made({ header: { kid } })));
      }
      expect(await statusFor(name, pair.accessToken)).toBe(200);
    }
    // Each asks at most once a second, or ten times a minute.
    const allowed = tested.length * (10 + (performance.now() - began) / 1000);
    expect(jwksProxy.requests() - before).toBeLessThanOrEqual(allowed);
  });

  it('a key removed in an emergency is no longer published', async () => {
    expect(await runCli(['keys', 'remove', key.kid], settings)).toMatchObject({ code: 0, stderr: '' });
    await until(async () => {
      const { body } = await service.client.get('/.well-known/jwks.json');
      return body.keys.every(({ kid }: { kid: string }) => kid !== key.kid);
    });
    expect((await service.client.get('/api/protected', { token: pair.accessToken })).status).toBe(401);
  });
});
