// Covers docs/security.md, case 51, 128.
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resolveOptions } from '../../../src/options/resolve-options.js';
import { ConfigurationError, readConfiguration } from '../../../src/settings/configuration.js';

const secret = () => randomBytes(48).toString('base64url');
const pem = (namedCurve = 'P-256') =>
  generateKeyPairSync('ec', { namedCurve }).privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
const rsaPem = (modulusLength: number) =>
  generateKeyPairSync('rsa', { modulusLength }).privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;

const production = () => ({
  DATABASE_URL: 'postgres://user:database-canary@db.example.com:5432/latchkey',
  PUBLIC_URL: 'https://auth.example.com',
  JWT_ACCESS_PRIVATE_KEY: pem(),
  JWT_REFRESH_SECRET: secret(),
});

function problemsOf(env: Record<string, string>): string[] {
  try {
    readConfiguration(env);
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
}

describe('the configuration in production', () => {
  it('is meant when NODE_ENV is unset or says anything but development or test', () => {
    for (const env of [{}, { NODE_ENV: '' }, { NODE_ENV: 'staging' }, { NODE_ENV: 'Development' }]) {
      const { mode, host, docs, auth } = readConfiguration({ ...production(), ...env });
      expect({ mode, host, docs, secure: auth.cookies?.secure }).toEqual({
        mode: 'production',
        host: '0.0.0.0',
        docs: false,
        secure: true,
      });
    }
  });

  it('has the defaults of the contract', () => {
    const { auth, ...rest } = readConfiguration(production());
    expect(rest).toMatchObject({ port: 3000, corsOrigins: [], trustProxy: [], logLevel: 'info' });
    expect(auth).toMatchObject({
      publicUrl: 'https://auth.example.com',
      jwt: {
        algorithm: 'ES256',
        audience: 'latchkey',
        clientId: 'latchkey',
        accessTtl: '15m',
        refreshTtl: '7d',
        clockTolerance: '5s',
      },
      sessions: { absoluteTtl: '30d', rotation: true, leeway: '10s' },
      passwords: { minLength: 15, bcryptCost: 12 },
      cookies: { secure: true, sameSite: 'lax' },
      rateLimits: {},
    });
  });

  it('wants every secret, and names all that are missing at once', () => {
    expect(problemsOf({}).map((line) => line.split(' ')[0])).toEqual([
      'DATABASE_URL',
      'PUBLIC_URL',
      'JWT_ACCESS_PRIVATE_KEY',
      'JWT_REFRESH_SECRET',
    ]);
    const withSecrets = { ...production(), JWT_ACCESS_PRIVATE_KEY: '', JWT_ALGORITHM: 'HS256' };
    expect(problemsOf(withSecrets)).toEqual([expect.stringMatching(/^JWT_ACCESS_SECRET /)]);
  });

  it('names every wrong variable at once, and none of their values', () => {
    const wrong = {
      DATABASE_URL: 'mysql://canary',
      PUBLIC_URL: 'canary',
      JWT_CLAIMS: '["canary"]',
      JWT_CLIENT_ID: 'cänary canary',
      JWT_SCOPE: 'canary  canary',
      JWT_ACCESS_PRIVATE_KEY: '-----BEGIN PRIVATE KEY-----canary-----END PRIVATE KEY-----',
      JWT_REFRESH_SECRET: 'canary',
      PORT: 'canary',
      JWT_ACCESS_TTL: 'canary',
      JWT_REFRESH_TTL: '-1d',
      SESSION_ABSOLUTE_TTL: 'canary',
      REFRESH_ROTATION: 'canary',
      REFRESH_LEEWAY: '61s',
      CLOCK_TOLERANCE: 'canary',
      COOKIE_SECURE: 'canary',
      COOKIE_SAME_SITE: 'canary',
      CORS_ORIGINS: 'https://good.example.com,canary',
      TRUST_PROXY: 'canary',
      BCRYPT_COST: '9',
      PASSWORD_MIN_LENGTH: '65',
      RATE_LIMIT: 'canary',
      LOG_LEVEL: 'canary',
    };
    const problems = problemsOf(wrong);
    expect(new Set(problems.map((line) => line.split(' ')[0]))).toEqual(new Set(Object.keys(wrong)));
    expect(problems.join('\n')).not.toContain('canary');
  });

  it.each<[string, Record<string, string>, RegExp]>([
    ['a short refresh secret', { JWT_REFRESH_SECRET: 'x'.repeat(31) }, /^JWT_REFRESH_SECRET /],
    ['one short secret among good ones', { JWT_REFRESH_SECRET: `${secret()},short` }, /^JWT_REFRESH_SECRET /],
    [
      'a short access secret',
      { JWT_ALGORITHM: 'HS256', JWT_ACCESS_PRIVATE_KEY: '', JWT_ACCESS_SECRET: 'secret' },
      /^JWT_ACCESS_SECRET /,
    ],
    [
      'a small RSA key',
      { JWT_ALGORITHM: 'PS256', JWT_ACCESS_PRIVATE_KEY: rsaPem(1024) },
      /^JWT_ACCESS_PRIVATE_KEY /,
    ],
    ['a key of another curve', { JWT_ALGORITHM: 'ES384' }, /^JWT_ACCESS_PRIVATE_KEY /],
    ['an unknown algorithm', { JWT_ALGORITHM: 'none' }, /^JWT_ALGORITHM /],
    ['a short pepper', { PASSWORD_PEPPER: 'short' }, /^PASSWORD_PEPPER /],
    ['cookies for all sites without Secure', { COOKIE_SAME_SITE: 'none', COOKIE_SECURE: 'false' }, /COOKIE_/],
  ])('refuses %s', (_, settings, expected) => {
    const problems = problemsOf({ ...production(), ...settings });
    expect(problems).toEqual([expect.stringMatching(expected)]);
    const values = Object.values(settings).filter((value) => value.length > 10);
    expect(values.filter((value) => problems.join().includes(value))).toEqual([]);
  });

  it.each<[string, Record<string, string>, RegExp]>([
    ['a # in a password', { DATABASE_URL: 'postgres://u:ca#pw@127.0.0.1:1/db' }, /^DATABASE_URL .*%23/],
    ['a # after digits', { DATABASE_URL: 'postgres://u:12#pw@127.0.0.1:1/db' }, /^DATABASE_URL .*%23/],
    ['a / in a password', { DATABASE_URL: 'postgres://u:ca/pw@127.0.0.1:1/db' }, /^DATABASE_URL .*%2F/],
    ['a / after digits', { DATABASE_URL: 'postgres://u:12/pw@127.0.0.1:1/db' }, /^DATABASE_URL .*%2F/],
    ['a % in a password', { DATABASE_URL: 'postgres://u:ca%zz@127.0.0.1:1/db' }, /^DATABASE_URL .*%25/],
    ['a port that is none', { DATABASE_URL: 'postgres://u:pw@127.0.0.1:99999/db' }, /^DATABASE_URL /],
    [
      'a certificate that is not there',
      { DATABASE_URL: 'postgres://u:pw@127.0.0.1/db?sslmode=verify-full&sslrootcert=/nope' },
      /^DATABASE_URL names a file that cannot be read: sslrootcert/,
    ],
    [
      'a webhook secret without a webhook',
      { ALERT_WEBHOOK_SECRET: 'x' },
      /^ALERT_WEBHOOK_SECRET does nothing/,
    ],
    [
      'a webhook without a secret',
      { ALERT_WEBHOOK_URL: 'https://example.com' },
      /^ALERT_WEBHOOK_SECRET is missing: openssl rand -base64 48 generates one$/,
    ],
    [
      'private keys in files that do not exist',
      { JWT_ACCESS_PRIVATE_KEY: '/a,/b,/c' },
      /^JWT_ACCESS_PRIVATE_KEY names files that cannot be read \(ENOENT\): entries 1, 2 and 3$/,
    ],
    [
      'a session of a million years',
      { SESSION_ABSOLUTE_TTL: '400000000d' },
      /^SESSION_ABSOLUTE_TTL .* 36500d/,
    ],
    [
      'None without Secure',
      { COOKIE_SAME_SITE: 'none', COOKIE_SECURE: 'off' },
      /only when COOKIE_SECURE is true/,
    ],
    ['no key', { JWT_ACCESS_PRIVATE_KEY: '' }, /openssl .* or set KEY_ENCRYPTION_SECRET/],
  ])('names %s and says what to do', (_, settings, expected) => {
    expect(problemsOf({ ...production(), ...settings })).toEqual([expect.stringMatching(expected)]);
  });

  it.each([
    'postgres:///latchkey?host=/var/run/postgresql',
    'postgresql://u:p%23%2F%25%40%3A@db.example.com/latchkey?sslmode=require',
    'postgres://u@[::1]:5432/latchkey',
  ])('takes %s', (url) => {
    expect(readConfiguration({ ...production(), DATABASE_URL: url }).databaseUrl).toBe(url);
  });

  it('refuses a secret as metrics token, which others get to know', () => {
    const same = secret();
    expect(problemsOf({ ...production(), JWT_REFRESH_SECRET: same, METRICS_TOKEN: same })).toEqual([
      expect.stringMatching(/^METRICS_TOKEN is also used elsewhere/),
    ]);
  });

  it('refuses the same secret for access and refresh tokens', () => {
    const same = secret();
    const problems = problemsOf({
      ...production(),
      JWT_ALGORITHM: 'HS256',
      JWT_ACCESS_PRIVATE_KEY: '',
      JWT_ACCESS_SECRET: same,
      JWT_REFRESH_SECRET: same,
    });
    expect(problems).toEqual([expect.stringMatching(/^JWT_\w+_SECRET /)]);
    expect(problems.join()).not.toContain(same);
  });
});

describe('many mistakes together', () => {
  const first = secret();
  const wrong: Record<string, string> = {
    DATABASE_URL: 'mysql://canary',
    DATABASE_POOL_SIZE: '1',
    PUBLIC_URL: 'http://canary.example.com',
    PORT: '70000',
    TRUST_PROXY: 'canary',
    LOG_LEVEL: 'canary',
    DOCS: 'canary',
    ACCOUNT_PAGES: 'canary',
    METRICS_TOKEN: first,
    JWT_ACCESS_PRIVATE_KEY: '/canary/key.pem',
    JWT_ACCESS_SECRET: secret(),
    JWT_REFRESH_SECRET: `${first},canary-a`,
    JWT_ISSUER: 'http://canary.example.com',
    JWT_CLIENT_ID: 'cänary',
    JWT_SCOPE: 'canary,"canary"',
    JWT_CLAIMS: '{"roles":["canary"]}',
    JWT_ACCESS_TTL: '15',
    JWT_REFRESH_TTL: '0s',
    CLOCK_TOLERANCE: '61s',
    KEY_ENCRYPTION_SECRET: 'canary-b',
    KEY_PUBLISH_AHEAD: 'soon',
    KEY_ROTATE_EVERY: '36501d',
    SESSION_ABSOLUTE_TTL: 'canary',
    SESSIONS_PER_USER: 'canary',
    SESSIONS_WHEN_FULL: 'canary',
    REFRESH_ROTATION: 'canary',
    REFRESH_LEEWAY: '61s',
    REVOCATION_MAX_STALENESS: '-1s',
    REDIS_URL: 'http://canary',
    COOKIE_SECURE: 'canary',
    COOKIE_SAME_SITE: 'canary',
    SILENT_REFRESH: 'canary',
    CORS_ORIGINS: 'https://good.example.com,canary',
    PASSWORD_MIN_LENGTH: '65',
    BCRYPT_COST: 'twelve',
    PASSWORD_PEPPER: 'canary-c',
    RATE_LIMIT: 'canary',
    AUDIT: 'canary',
    AUDIT_RETENTION: '0d',
    ALERT_WEBHOOK_URL: 'http://canary.example.com',
    ALERT_WEBHOOK_SECRET: 'canary-d',
    ALERT_WEBHOOK_ALLOW_PRIVATE: 'canary',
  };

  it.each([wrong, { ...wrong, JWT_ALGORITHM: 'es256' }])(
    'are a line each, under the names of variables (%#)',
    (env) => {
      const problems = problemsOf(env);
      const names = problems.map((line) => line.split(' ')[0]!);
      const read = Object.keys(env).filter(
        // The algorithm decides how keys are read.
        (name) => !('JWT_ALGORITHM' in env && /JWT_ACCESS_(SECRET|TTL.)|KEY_(ENC|PUB|ROT)/.test(name)),
      );
      expect(names.toSorted()).toEqual(read.toSorted());
      expect(problems.join()).not.toMatch(
        /canary|\b(jwt|sessions|cookies|passwords|alerts|audit|csrf|redis)\./,
      );
    },
  );

  it('refer to each other by the names of variables', () => {
    const problems = problemsOf({
      ...production(),
      COOKIE_SAME_SITE: 'none',
      COOKIE_SECURE: 'off',
      JWT_ACCESS_PRIVATE_KEY: '',
      JWT_ISSUER: 'http://example.com?a=1',
    });
    expect(problems).toEqual([
      expect.stringMatching(/^JWT_ISSUER must begin with https/),
      expect.stringMatching(/^JWT_ISSUER must not have a query/),
      expect.stringMatching(/^JWT_ACCESS_PRIVATE_KEY is missing: .* or set KEY_ENCRYPTION_SECRET$/),
      'COOKIE_SAME_SITE can be "none" only when COOKIE_SECURE is true',
    ]);
  });

  it('name the range of a number even where it is none', () => {
    expect(problemsOf({ ...production(), BCRYPT_COST: 'twelve' })).toEqual([
      'BCRYPT_COST must be a whole number from 10 to 15',
    ]);
  });
});

describe('a variable nobody reads', () => {
  const unknown = (env: Record<string, string>) =>
    readConfiguration({ ...production(), ...env }).unknownVariables;

  it.each([
    ['JWT_ACCES_TTL', ': did you mean JWT_ACCESS_TTL?'],
    ['JWT_SECRET', ': did you mean JWT_ACCESS_SECRET?'],
    ['COOKIE_SAMESITE', ': did you mean COOKIE_SAME_SITE?'],
    ['COOKIE_DOMAIN_OF_ALL_APPS', ''],
    ['SESSION_PER_USER', ': did you mean SESSIONS_PER_USER?'],
    ['RATE_LIMITS', ': did you mean RATE_LIMIT?'],
    ['REVOCATION_STALENESS', ': did you mean REVOCATION_MAX_STALENESS?'],
    ['PASSWORD_MINLENGTH', ': did you mean PASSWORD_MIN_LENGTH?'],
    ['REFRESH_TTL', ': did you mean JWT_REFRESH_TTL?'],
  ])('is warned of: %s', (name, hint) => {
    expect(unknown({ [name]: 'canary' })).toEqual([`${name} is unknown and does nothing${hint}`]);
  });

  it('is not, where its name is not like ours, or another program is known to set it', () => {
    const env = {
      PATH: '/bin',
      SESSION_MANAGER: 'x',
      PASSWORD_STORE_DIR: 'x',
      DATABASE_HOST: 'x',
      SESSIONNAME: 'x',
    };
    expect(unknown(env)).toEqual([]);
  });

  it('is named beside the one that is missing', () => {
    const { JWT_REFRESH_SECRET, ...rest } = production();
    expect(() => readConfiguration({ ...rest, JWT_REFRESH_SECRT: JWT_REFRESH_SECRET })).toThrow(
      /\n {2}- JWT_REFRESH_SECRET is missing.*\n {2}- JWT_REFRESH_SECRT is unknown .*did you mean JWT_REFRESH_SECRET\?$/,
    );
  });
});

describe('the defaults of the variables', () => {
  it('are those of the module', () => {
    const { jwt, ...auth } = readConfiguration(production()).auth;
    const { accessPrivateKey, refreshSecret } = jwt;
    const { publicUrl } = auth;
    const { access, refresh, ...byVariables } = resolveOptions({ jwt, ...auth });
    const {
      access: own,
      refresh: ownRefresh,
      ...byModule
    } = resolveOptions({
      publicUrl,
      jwt: { accessPrivateKey, refreshSecret },
    });
    expect(byVariables).toEqual(byModule);
    expect([access.policy, access.cacheBytes]).toEqual([own.policy, own.cacheBytes]);
    expect(refresh.policy).toEqual(ownRefresh.policy);
  });
});

describe('an origin in CORS_ORIGINS', () => {
  it.each(['https://app.example.com', 'http://localhost:5173', 'https://[::1]:8443'])(
    'may be %p',
    (origin) => {
      expect(readConfiguration({ ...production(), CORS_ORIGINS: origin }).corsOrigins).toEqual([origin]);
    },
  );

  it.each([
    'https://app.example.com/',
    'https://app.example.com/path',
    'https://APP.example.com',
    'https://app.example.com:443',
    'https://user@app.example.com',
    'app.example.com',
    '*',
    'null',
    'https://*.example.com',
    'javascript:alert(1)',
    'file:///etc/passwd',
  ])('may not be %p', (origin) => {
    const problems = problemsOf({ ...production(), CORS_ORIGINS: `https://app.example.com,${origin}` });
    expect(problems).toEqual([expect.stringMatching(/^CORS_ORIGINS /)]);
  });
});

describe('the configuration in development', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'latchkey-configuration-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const development = (name: string, more: Record<string, string> = {}) =>
    readConfiguration({ NODE_ENV: 'development', DATA_DIR: join(folder, name), ...more });

  it('needs nothing, stays on this machine, and shows the docs', () => {
    const { host, docs, databaseUrl, auth } = development('plain');
    expect({ host, docs, databaseUrl, secure: auth.cookies?.secure }).toEqual({
      host: '127.0.0.1',
      docs: true,
      databaseUrl: undefined,
      secure: false,
    });
  });

  it('makes secrets once, keeps them for the owner alone, and finds the key of each algorithm again', () => {
    const first = development('kept').auth.jwt;
    const other = development('kept', { JWT_ALGORITHM: 'EdDSA', KEY_ENCRYPTION_SECRET: '' }).auth.jwt;
    const again = development('kept').auth.jwt;
    expect(again.refreshSecret).toEqual(first.refreshSecret);
    expect(again.accessPrivateKey).toEqual(first.accessPrivateKey);
    expect(other.accessPrivateKey).not.toEqual(first.accessPrivateKey);
    expect(statSync(join(folder, 'kept/secrets.json')).mode & 0o777).toBe(0o600);
  });

  it.each(['{}', 'null', '{"refreshSecret":"x"}', '{"refreshSecret":5,"accessKeys":{}}', 'broken'])(
    'says which file it cannot read when it holds %s',
    (content) => {
      mkdirSync(join(folder, 'broken'), { recursive: true });
      writeFileSync(join(folder, 'broken/secrets.json'), content);
      expect(() => development('broken')).toThrow(
        /broken.secrets\.json cannot be read: fix it, or delete it/,
      );
    },
  );

  it('says that the data folder is none', () => {
    writeFileSync(join(folder, 'file'), '');
    expect(() => development('file')).toThrow(/data folder .*file cannot be created .*set DATA_DIR/);
  });

  it('names a wrong algorithm alone: what else is missing it would make', () => {
    expect(
      problemsOf({ NODE_ENV: 'development', DATA_DIR: join(folder, 'wrong'), JWT_ALGORITHM: 'es256' }),
    ).toEqual([expect.stringMatching(/^JWT_ALGORITHM must be one of/)]);
  });

  it('keeps what is set', () => {
    const given = secret();
    expect(development('set', { JWT_REFRESH_SECRET: given }).auth.jwt.refreshSecret).toEqual([given]);
    expect(readFileSync(join(folder, 'set/secrets.json'), 'utf8')).not.toContain(given);
  });
});
