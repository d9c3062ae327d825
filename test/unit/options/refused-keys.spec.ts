// Covers docs/security.md, case 125.
import { generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import { rocaPem } from './roca-key.js';
import { AuthOptionsError, checkAuthOptions } from '../../../src/index.js';
import type { AuthModuleOptions } from '../../../src/index.js';

const secret = () => randomBytes(48).toString('base64url');
const pemOf = (key: KeyObject) => key.export({ type: 'pkcs8', format: 'pem' }) as string;
const ec = (namedCurve = 'P-256') => generateKeyPairSync('ec', { namedCurve }).privateKey;
const rsa = (modulusLength: number, publicExponent = 65_537) =>
  generateKeyPairSync('rsa', { modulusLength, publicExponent }).privateKey;

/** A P-256 key whose file holds the public part of another: in PKCS #8 it stands at the end. */
function mismatched(): string {
  const [own, other] = [ec(), ec()].map((key) => key.export({ type: 'pkcs8', format: 'der' }));
  const der = Buffer.concat([own!.subarray(0, -64), other!.subarray(-64)]);
  return `-----BEGIN PRIVATE KEY-----\n${der.toString('base64')}\n-----END PRIVATE KEY-----\n`;
}

function problemsOf(jwt: Partial<AuthModuleOptions['jwt']>): string[] {
  try {
    checkAuthOptions({ jwt: { refreshSecret: secret(), ...jwt } });
    return [];
  } catch (error) {
    if (!(error instanceof AuthOptionsError)) throw error;
    return error.problems.map(({ option, message }) => `${option} ${message}`);
  }
}

const ISSUER = { accessSecret: secret() };

describe('keys that the app refuses to start with', () => {
  it.each<[string, Partial<AuthModuleOptions['jwt']>, RegExp]>([
    ['a weak shared secret', { accessSecret: 'hunter2hunter2' }, /^jwt.accessSecret is 14 bytes long/],
    [
      'RSA of 1024 bits',
      { algorithm: 'RS256', accessPrivateKey: pemOf(rsa(1024)) },
      /^jwt.accessPrivateKey .*1024/,
    ],
    [
      'RSA with the exponent 3',
      { algorithm: 'PS256', accessPrivateKey: pemOf(rsa(2048, 3)) },
      /^jwt.accessPrivateKey .*exponent 3/,
    ],
    [
      'RSA that can be factored (ROCA)',
      { algorithm: 'RS256', accessPrivateKey: rocaPem() },
      /^jwt.accessPrivateKey .*ROCA/,
    ],
    [
      'P-256 for ES384',
      { algorithm: 'ES384', accessPrivateKey: pemOf(ec()) },
      /^jwt.accessPrivateKey .*curve/,
    ],
    [
      'a curve no algorithm has',
      { algorithm: 'ES256', accessPrivateKey: pemOf(ec('secp256k1')) },
      /^jwt.accessPrivateKey .*curve secp256k1/,
    ],
    [
      'a public part that belongs to another key',
      { algorithm: 'ES256', accessPrivateKey: mismatched() },
      /^jwt.accessPrivateKey is /,
    ],
    [
      'a secret next to a key pair',
      { algorithm: 'ES256', accessPrivateKey: pemOf(ec()), accessSecret: secret() },
      /^jwt.accessSecret is a shared secret/,
    ],
    [
      'a key pair next to a secret',
      { algorithm: 'HS256', accessPrivateKey: pemOf(ec()), accessSecret: secret() },
      /^jwt.accessPrivateKey is a key pair/,
    ],
    ['no key', { algorithm: 'ES256' }, /^jwt.accessPrivateKey is missing/],
    ['no secret', { algorithm: 'HS256' }, /^jwt.accessSecret is missing/],
    ['a variable that is not set', { accessSecret: undefined }, /^jwt.accessSecret is missing: openssl/],
    ['a variable that is empty', { accessSecret: '' }, /^jwt.accessSecret is 0 bytes long/],
    ['a public key as shared secret', { accessSecret: publicPem() }, /^jwt.accessSecret is a PEM/],
    [
      'a private key as shared secret',
      { ...ISSUER, refreshSecret: pemOf(ec()) },
      /^jwt.refreshSecret is a PEM/,
    ],
    ['a number', { accessSecret: 5 as never }, /^jwt.accessSecret must be a string or a list of strings/],
    ['bytes', { accessSecret: Buffer.alloc(48) as never }, /^jwt.accessSecret must be a string or/],
    [
      'no text in a list',
      { ...ISSUER, refreshSecret: [5] as never },
      /^jwt.refreshSecret must be a string or/,
    ],
    ['a public key', { algorithm: 'ES256', accessPrivateKey: publicPem() }, /^jwt.accessPrivateKey is not a/],
    ['an issuer without TLS', { ...ISSUER, issuer: 'http://auth.example.com' }, /^jwt.issuer .*https/],
    ['an issuer with a query', { ...ISSUER, issuer: 'https://auth.example.com/?a=b' }, /^jwt.issuer .*query/],
    [
      'an issuer with a fragment',
      { ...ISSUER, issuer: 'https://auth.example.com/#a' },
      /^jwt.issuer .*fragment/,
    ],
  ])('%s', (_, jwt, expected) => {
    const problems = problemsOf(jwt);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(expected);
    const given = [jwt.accessPrivateKey, jwt.accessSecret]
      .flat()
      .filter((key) => typeof key === 'string' && key);
    for (const key of given as string[]) expect(problems[0]).not.toContain(key.slice(-60, -30) || key);
  });

  it('one key twice, under one id', () => {
    const pem = pemOf(ec());
    expect(problemsOf({ algorithm: 'ES256', accessPrivateKey: [pem, pem] })).toEqual([
      expect.stringMatching(/same key twice/),
    ]);
  });

  it.each(['https://auth.example.com', 'http://localhost:3000', 'http://127.0.0.1:3000', 'latchkey'])(
    'but an issuer such as %s is fine',
    (issuer) => {
      expect(problemsOf({ ...ISSUER, issuer })).toEqual([]);
    },
  );
});

function publicPem(): string {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({
    type: 'spki',
    format: 'pem',
  }) as string;
}
