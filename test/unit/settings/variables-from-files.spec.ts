import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigurationError, readConfiguration } from '../../../src/settings/configuration.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'latchkey-secrets-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const DATABASE_URL = 'postgres://user:canary-password@db.example.com:5432/latchkey';
const pem = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
  type: 'pkcs8',
  format: 'pem',
}) as string;

function file(name: string, content: string | Buffer): string {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
}

function problemsOf(env: Record<string, string>): string[] {
  try {
    readConfiguration(env);
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
}

const complete = () => ({
  DATABASE_URL,
  PUBLIC_URL: 'https://auth.example.com',
  JWT_ACCESS_PRIVATE_KEY: pem,
  JWT_REFRESH_SECRET: randomBytes(48).toString('base64url'),
});

describe('a variable whose value is in a file', () => {
  it('is read from there, without the white space around it', () => {
    const [first, second] = [randomBytes(48).toString('base64url'), randomBytes(48).toString('base64url')];
    const configuration = readConfiguration({
      DATABASE_URL_FILE: file('url', `${DATABASE_URL}\n`),
      PUBLIC_URL_FILE: file('public', '\uFEFF https://auth.example.com \r\n'),
      JWT_ACCESS_PRIVATE_KEY_FILE: file('key', pem),
      JWT_REFRESH_SECRET_FILE: file('refresh', `${first},${second}\n`),
      REDIS_URL_FILE: file('redis', 'redis://:canary@redis.example.com:6379\n'),
    });
    expect(configuration.databaseUrl).toBe(DATABASE_URL);
    expect(configuration.auth.publicUrl).toBe('https://auth.example.com');
    expect(configuration.auth.jwt.accessPrivateKey).toEqual([pem.trim()]);
    expect(configuration.auth.jwt.refreshSecret).toEqual([first, second]);
    expect(configuration.auth.redis?.url).toBe('redis://:canary@redis.example.com:6379');
    expect(configuration.unknownVariables).toEqual([]);
  });

  it('counts as given where another variable asks for it', () => {
    const { JWT_REFRESH_SECRET, ...rest } = complete();
    const token = randomBytes(32).toString('hex');
    expect(
      problemsOf({
        ...rest,
        JWT_REFRESH_SECRET_FILE: file('a', token),
        METRICS_TOKEN_FILE: file('b', token),
      }),
    ).toEqual(['METRICS_TOKEN is also used elsewhere: generate a different secret for each use']);
    expect(JWT_REFRESH_SECRET).toBeDefined();
  });

  it('is refused when the variable itself is set too', () => {
    expect(problemsOf({ ...complete(), DATABASE_URL_FILE: file('url', DATABASE_URL) })).toEqual([
      'DATABASE_URL_FILE and DATABASE_URL are both set: remove one of them',
    ]);
  });

  it.each([
    ['is absent', () => join(folder, 'absent'), 'names a file that cannot be read (ENOENT)'],
    ['is a folder', () => folder, 'must be the path of a file'],
    ['is a device', () => '/dev/zero', 'must be the path of a file'],
    ['is empty', () => file('empty', ' \n'), 'names an empty file'],
    ['contains a NUL', () => file('nul', 'secret\0secret'), 'names a file that is not text in UTF-8'],
    [
      'is not UTF-8',
      () => file('latin1', Buffer.from([0x61, 0xe9, 0x62])),
      'names a file that is not text in UTF-8',
    ],
    [
      'is in UTF-16',
      () => file('utf16', Buffer.from('\ufeffsecret', 'utf16le')),
      'names a file that is not text in UTF-8',
    ],
    ['is large', () => file('large', Buffer.alloc(70_000, 'a')), 'names a file of more than 65536 bytes'],
    [
      'has a NUL in its name',
      () => `${folder}/a\0b`,
      'names a file that cannot be read (ERR_INVALID_ARG_VALUE)',
    ],
  ])('is one problem, not two, when the file %s, and the message quotes no path', (_, path, message) => {
    const { DATABASE_URL: _url, JWT_REFRESH_SECRET: _secret, PUBLIC_URL: _address, ...rest } = complete();
    const files = { DATABASE_URL_FILE: path(), PUBLIC_URL_FILE: path(), JWT_REFRESH_SECRET_FILE: path() };
    const problems = problemsOf({ ...rest, ...files });
    expect(problems.toSorted()).toEqual(
      ['DATABASE_URL_FILE', 'JWT_REFRESH_SECRET_FILE', 'PUBLIC_URL_FILE'].map((name) => `${name} ${message}`),
    );
    expect(problems.join()).not.toContain(folder);
  });

  it('is checked like any other', () => {
    const problems = problemsOf({
      ...complete(),
      PORT_FILE: file('port', 'eighty'),
      REDIS_URL_FILE: file('redis', 'http://canary@redis'),
    });
    expect(problems).toEqual([
      'PORT must be a whole number from 0 to 65535',
      expect.stringMatching(/^REDIS_URL (?!.*canary)/),
    ]);
  });

  it('is found when its name is misspelled', () => {
    const { unknownVariables } = readConfiguration({ ...complete(), JWT_REFRESH_SECRETS_FILE: 'x' });
    expect(unknownVariables).toEqual([
      'JWT_REFRESH_SECRETS_FILE is unknown and does nothing: did you mean JWT_REFRESH_SECRET_FILE?',
    ]);
  });
});
