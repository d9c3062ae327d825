import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resolveOptions } from '../../../src/options/resolve-options.js';
import { ConfigurationError, readConfiguration } from '../../../src/settings/configuration.js';
import { withKnownPort } from '../../../src/settings/public-url.js';

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const production = {
  DATABASE_URL: 'postgres://db.example.com/latchkey',
  JWT_ACCESS_PRIVATE_KEY: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
  JWT_REFRESH_SECRET: randomBytes(48).toString('base64url'),
};

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'latchkey-public-url-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const development = (env: Record<string, string> = {}) =>
  readConfiguration({ NODE_ENV: 'development', DATA_DIR: folder, ...env });

/** What tokens carry, and what URLs are made of. */
function resolved({ auth }: ReturnType<typeof readConfiguration>) {
  const { access, publicUrl } = resolveOptions(auth);
  return { issuer: access.policy.issuer, publicUrl };
}

function problemsOf(env: Record<string, string>): string[] {
  try {
    readConfiguration({ ...production, ...env });
    return [];
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return error.problems;
  }
}

const MISSING =
  'PUBLIC_URL is missing: the address of the service as clients see it, such as https://auth.example.com (or set JWT_ISSUER to such a URL)';

describe('the address of the service outside development', () => {
  it.each<Record<string, string>>([
    {},
    { NODE_ENV: 'test' },
    { PUBLIC_URL: ' ' },
    { JWT_ISSUER: 'latchkey' },
    { JWT_ISSUER: 'http://127.0.0.1:3000' },
    { JWT_ACCEPTED_ISSUERS: 'https://auth.example.com' },
  ])('is required with %j', (env) => {
    expect(problemsOf(env)).toEqual([MISSING]);
  });

  it.each<[Record<string, string>, { issuer: string; publicUrl: string }]>([
    [
      { PUBLIC_URL: 'https://auth.example.com/' },
      { issuer: 'https://auth.example.com', publicUrl: 'https://auth.example.com' },
    ],
    [
      { PUBLIC_URL: 'https://example.com/auth/' },
      { issuer: 'https://example.com/auth', publicUrl: 'https://example.com/auth' },
    ],
    [
      { PUBLIC_URL: 'http://127.0.0.1:3000' },
      { issuer: 'http://127.0.0.1:3000', publicUrl: 'http://127.0.0.1:3000' },
    ],
    [
      { JWT_ISSUER: 'https://tenant.example.com/' },
      { issuer: 'https://tenant.example.com/', publicUrl: 'https://tenant.example.com' },
    ],
    [
      { PUBLIC_URL: 'https://auth.example.com', JWT_ISSUER: 'latchkey' },
      { issuer: 'latchkey', publicUrl: 'https://auth.example.com' },
    ],
  ])('with %j is known, and so is the issuer', (env, expected) => {
    expect(resolved(readConfiguration({ ...production, ...env }))).toEqual(expected);
  });

  it.each([
    [
      'http://auth.example.com',
      /^PUBLIC_URL must begin with https:\/\/; http:\/\/ is only for trying it out/,
    ],
    ['auth.example.com', /^PUBLIC_URL must be a URL/],
    ['https://user@auth.example.com', /^PUBLIC_URL must not contain a user name/],
    ['https://auth.example.com?', /^PUBLIC_URL must not have a query/],
    ['https://auth.example.com/#a', /^PUBLIC_URL must not have a query or a fragment/],
  ])('cannot be %s', (PUBLIC_URL, expected) => {
    expect(problemsOf({ PUBLIC_URL })).toEqual([expect.stringMatching(expected)]);
  });
});

describe('the address of the service in development', () => {
  it.each<[Record<string, string>, object]>([
    [{}, { issuer: 'http://127.0.0.1:3000', publicUrl: 'http://127.0.0.1:3000' }],
    [{ PORT: '4000' }, { issuer: 'http://127.0.0.1:4000', publicUrl: 'http://127.0.0.1:4000' }],
    [{ HOST: '0.0.0.0' }, { issuer: 'http://127.0.0.1:3000', publicUrl: 'http://127.0.0.1:3000' }],
    [{ HOST: '::1' }, { issuer: 'http://[::1]:3000', publicUrl: 'http://[::1]:3000' }],
    [{ HOST: 'localhost' }, { issuer: 'http://localhost:3000', publicUrl: 'http://localhost:3000' }],
    [{ JWT_ISSUER: 'latchkey' }, { issuer: 'latchkey', publicUrl: 'http://127.0.0.1:3000' }],
    [{ JWT_ISSUER: 'https://a.example' }, { issuer: 'https://a.example', publicUrl: 'https://a.example' }],
    [{ PUBLIC_URL: 'https://a.example' }, { issuer: 'https://a.example', publicUrl: 'https://a.example' }],
  ])('with %j is this machine, unless it is set', (env, expected) => {
    expect(resolved(development(env))).toEqual(expected);
  });

  it('contains the port that is chosen when any free port will do', async () => {
    const configuration = await withKnownPort(development({ PORT: '0' }));
    expect(configuration.port).toBeGreaterThan(0);
    expect(resolved(configuration).issuer).toBe(`http://127.0.0.1:${configuration.port}`);
  });

  it('is left to the error of listening when the host is not an address of this machine', async () => {
    expect((await withKnownPort(development({ PORT: '0', HOST: '192.0.2.1' }))).port).toBe(0);
  });

  it('does not have to be found where it is set', async () => {
    const configuration = await withKnownPort(development({ PORT: '0', PUBLIC_URL: 'https://a.example' }));
    expect([configuration.port, resolved(configuration).issuer]).toEqual([0, 'https://a.example']);
  });
});

describe('the variables of issuers and claims', () => {
  it('reach the module', () => {
    const env = {
      PUBLIC_URL: 'https://auth.example.com',
      JWT_ACCEPTED_ISSUERS: 'latchkey, https://old.example.com/',
      JWT_CLIENT_ID: 'shop',
      JWT_SCOPE: 'orders:read orders:write',
      JWT_CLAIMS: '{"tenant":"acme","limits":{"orders":5}}',
    };
    const { access, refresh, staticClaims } = resolveOptions(
      readConfiguration({ ...production, ...env }).auth,
    );
    expect(access.policy.acceptedIssuers).toEqual(['latchkey', 'https://old.example.com/']);
    expect(refresh.policy).toEqual(access.policy);
    expect(staticClaims).toEqual({
      clientId: 'shop',
      scope: 'orders:read orders:write',
      added: { tenant: 'acme', limits: { orders: 5 }, scope: 'orders:read orders:write' },
    });
  });

  it.each(['canary', '"canary"', '["canary"]', 'null', '{canary:1}', '{"canary":1'])(
    'are refused where JWT_CLAIMS is %s, without quoting it',
    (JWT_CLAIMS) => {
      expect(problemsOf({ PUBLIC_URL: 'https://auth.example.com', JWT_CLAIMS })).toEqual([
        'JWT_CLAIMS must be a JSON object such as {"tenant":"acme"}',
      ]);
    },
  );

  it.each([
    ['JWT_CLAIMS', { JWT_CLAIMS: JSON.stringify({ tenant: 'x'.repeat(2_100) }) }],
    ['JWT_CLAIMS', { JWT_CLAIMS: JSON.stringify({ tenant: '語'.repeat(700) }) }],
    ['JWT_CLAIMS', { JWT_CLAIMS: JSON.stringify({ tenant: 'x'.repeat(1_500) }), JWT_SCOPE: 'y'.repeat(600) }],
    ['JWT_SCOPE', { JWT_SCOPE: 'y'.repeat(2_100) }],
  ])('are refused where they leave no room in a cookie: %s', (name, env) => {
    expect(problemsOf({ PUBLIC_URL: 'https://auth.example.com', ...env })).toEqual([
      `${name} must be at most 2048 bytes of JSON, with the scope: every access token carries it`,
    ]);
  });

  it('name the variable of the scope', () => {
    const env = { PUBLIC_URL: 'https://auth.example.com', JWT_CLAIMS: '{"scope":"a"}' };
    expect(problemsOf(env)).toEqual(['JWT_CLAIMS must not contain scope: set JWT_SCOPE instead']);
  });
});
