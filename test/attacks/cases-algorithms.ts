import { createHmac } from 'node:crypto';
import type { SigningAlgorithm } from '../../src/keys/signing-key.js';
import { type Attack, encode, type Forger, signatureOf, signed, without, withHeader } from './forge.js';

const unsigned = (alg: unknown) => (f: Forger) =>
  `${encode(JSON.stringify({ ...f.header, alg }))}.${encode(JSON.stringify(f.claims))}.`;

/** The forms in which somebody might use the app's public key as a shared secret. */
const SPELLINGS: Record<string, (f: Forger) => string | Buffer> = {
  PEM: ({ key }) => key.publicKey.export({ type: 'spki', format: 'pem' }),
  'PEM without the last line break': ({ key }) =>
    (key.publicKey.export({ type: 'spki', format: 'pem' }) as string).trim(),
  'PEM with CRLF': ({ key }) =>
    (key.publicKey.export({ type: 'spki', format: 'pem' }) as string).replaceAll('\n', '\r\n'),
  DER: ({ key }) => key.publicKey.export({ type: 'spki', format: 'der' }),
  JWK: ({ key }) => JSON.stringify(key.publicKey.export({ format: 'jwk' })),
  'the raw x': ({ key }) => Buffer.from(key.publicKey.export({ format: 'jwk' }).x ?? 'AA', 'base64url'),
};

/** Two signatures reveal the modulus of an RSA key, and anyone who has it can write the public key in any form. */
const RECOVERED: Record<string, (f: Forger) => string | Buffer> = {
  'PEM of PKCS #1': ({ key }) => key.publicKey.export({ type: 'pkcs1', format: 'pem' }),
  'DER of PKCS #1': ({ key }) => key.publicKey.export({ type: 'pkcs1', format: 'der' }),
  'the raw modulus': ({ key }) => Buffer.from(key.publicKey.export({ format: 'jwk' }).n!, 'base64url'),
};

/** A valid signature, but by an algorithm that the key is not meant for. */
const signedAs =
  (algorithm: SigningAlgorithm, alg: string = algorithm) =>
  (f: Forger) => {
    const input = [{ ...f.header, alg }, f.claims].map((part) => encode(JSON.stringify(part))).join('.');
    return `${input}.${encode(signatureOf(input, algorithm, f.key.privateKey))}`;
  };

function hmac(f: Forger, secret: string | Buffer, header: object = f.header): string {
  const input = `${encode(JSON.stringify({ ...header, alg: 'HS256' }))}.${encode(JSON.stringify(f.claims))}`;
  return `${input}.${encode(createHmac('sha256', secret).update(input).digest())}`;
}

const isPair = (algorithm: string) => !algorithm.startsWith('HS');
const otherAlgorithm = ({ algorithm }: Forger) =>
  ({ HS256: 'HS512', RS256: 'PS256', ES256: 'ES384', EdDSA: 'ES256' })[algorithm as string];

const OTHER_ALGORITHMS: Partial<Record<SigningAlgorithm, SigningAlgorithm[]>> = {
  HS256: ['HS384', 'HS512'],
  RS256: ['RS384', 'RS512', 'PS256', 'PS512'],
  ES256: ['ES384', 'ES512'],
};

const WEAK_SECRETS = [
  '',
  '\0',
  '0',
  'secret',
  'Secret',
  'password',
  'your-256-bit-secret',
  'your-secret-key',
  'changeme',
  'test',
  'key',
  'jwt',
  'jwtsecret',
  'supersecret',
  'shhhhh',
  'undefined',
  'null',
  '[object Object]',
  'a'.repeat(32),
];

/** Headers that name another algorithm or bring a key along. */
export const algorithmCases: Attack[] = [
  ...['none', 'None', 'NONE', 'nOnE', '', null, ['none'], { alg: 'none' }].flatMap((alg): Attack[] => [
    { case: 1, name: `alg ${JSON.stringify(alg)}, signed`, forge: withHeader({ alg }) },
    { case: 1, name: `alg ${JSON.stringify(alg)}, unsigned`, forge: unsigned(alg) },
  ]),
  { case: 1, name: 'no alg', forge: without('header', 'alg') },
  ...Object.entries(SPELLINGS).map(([name, secret]): Attack => ({
    case: 3,
    name: `HS256 with the public key as ${name}`,
    only: isPair,
    forge: (f) => hmac(f, secret(f)),
  })),
  ...WEAK_SECRETS.map((secret): Attack => ({
    case: 4,
    name: `HS256 with ${JSON.stringify(secret)}`,
    forge: (f) => hmac(f, secret),
  })),
  { case: 4, name: 'HS256 with the key id', forge: (f) => hmac(f, f.key.kid) },
  ...Object.entries(RECOVERED).map(([name, secret]): Attack => ({
    case: 5,
    name: `HS256 with a recovered public key as ${name}`,
    only: (algorithm) => algorithm === 'RS256',
    forge: (f) => hmac(f, secret(f)),
  })),
  ...Object.entries(OTHER_ALGORITHMS).flatMap(([own, others]) =>
    others.flatMap((other): Attack[] => [
      {
        case: 6,
        name: `signed with ${other}, and says so`,
        only: (algorithm) => algorithm === own,
        forge: signedAs(other),
      },
      {
        case: 6,
        name: `signed with ${other}, but says ${own}`,
        only: (algorithm) => algorithm === own,
        forge: signedAs(other, own),
      },
    ]),
  ),
  {
    case: 6,
    name: 'another algorithm for the same key',
    forge: (f) => withHeader({ alg: otherAlgorithm(f) })(f),
  },
  { case: 7, name: 'alg in lower case', forge: (f) => withHeader({ alg: f.algorithm.toLowerCase() })(f) },
  { case: 7, name: 'alg with a space', forge: (f) => withHeader({ alg: `${f.algorithm} ` })(f) },
  { case: 7, name: 'Ed25519', forge: withHeader({ alg: 'Ed25519' }) },
  {
    case: 8,
    name: 'an embedded key from the attacker',
    only: isPair,
    forge: (f) =>
      signed(
        { ...f, key: f.foreign },
        { ...f.header, jwk: f.foreign.publicKey.export({ format: 'jwk' }) },
        f.claims,
      ),
  },
  {
    case: 8,
    name: 'the real key embedded',
    only: isPair,
    forge: (f) => withHeader({ jwk: f.key.publicKey.export({ format: 'jwk' }) })(f),
  },
];
