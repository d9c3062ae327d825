import {
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  generateKeyPair,
  sign,
  verify,
  type JsonWebKey,
  type KeyObject,
} from 'node:crypto';
import { promisify } from 'node:util';
import { isRocaModulus } from './roca.js';

/** The kind of key each algorithm requires (RFC 7518 §3.1). A key serves exactly one algorithm (RFC 8725 §3.1). */
const ALGORITHMS = {
  HS256: { kind: 'secret' },
  HS384: { kind: 'secret' },
  HS512: { kind: 'secret' },
  RS256: { kind: 'rsa' },
  RS384: { kind: 'rsa' },
  RS512: { kind: 'rsa' },
  PS256: { kind: 'rsa' },
  PS384: { kind: 'rsa' },
  PS512: { kind: 'rsa' },
  ES256: { kind: 'ec', curve: 'prime256v1' },
  ES384: { kind: 'ec', curve: 'secp384r1' },
  ES512: { kind: 'ec', curve: 'secp521r1' },
  EdDSA: { kind: 'ed25519' },
} as const;

/** An algorithm that tokens may be signed with (RFC 7518 §3.1, RFC 8037 §3.1). `none` is not among them. */
export type SigningAlgorithm = keyof typeof ALGORITHMS;
/** All signing algorithms, for example to check a setting against. */
export const SIGNING_ALGORITHMS = Object.keys(ALGORITHMS) as SigningAlgorithm[];

const MIN_RSA_BITS = 2048;
const NEW_RSA_BITS = 3072;
const MIN_RSA_EXPONENT = 65_537n;
const MIN_SECRET_BYTES = 32;

/** One key, parsed once: with `KeyObject`s, signing and verifying need no parsing, which might fail. */
export interface SigningKey {
  kid: string;
  algorithm: SigningAlgorithm;
  /** The key that signs. */
  privateKey: KeyObject;
  /** The key that verifies; for a shared secret the same object as `privateKey`. */
  publicKey: KeyObject;
}

/** True for HS256, HS384 and HS512, where one shared secret both signs and verifies. */
export function isSymmetric(algorithm: SigningAlgorithm): boolean {
  return ALGORITHMS[algorithm].kind === 'secret';
}

/** The command that generates a shared secret. */
export const SECRET_ADVICE = 'openssl rand -base64 48';

/** @throws Error, with a message for the operator, when the secret is a PEM or shorter than 32 bytes in UTF-8 */
export function assertStrongSecret(secret: string): void {
  // A public key is not secret, and a private key has another use.
  if (secret.startsWith('-----BEGIN '))
    throw new Error(`is a PEM, but a secret must be random bytes: ${SECRET_ADVICE}`);
  const length = Buffer.byteLength(secret, 'utf8');
  if (length >= MIN_SECRET_BYTES) return;
  throw new Error(
    `is ${length} bytes long, but a secret needs at least ${MIN_SECRET_BYTES} random bytes: ${SECRET_ADVICE}`,
  );
}

/**
 * Makes a key from a shared secret, which is encoded as UTF-8.
 * @throws Error, with a message for the operator, when the secret is too short or a PEM
 */
export function keyFromSecret(secret: string, algorithm: SigningAlgorithm): SigningKey {
  assertStrongSecret(secret);
  const key = createSecretKey(Buffer.from(secret, 'utf8'));
  // A thumbprint of the secret would make guesses cheaper to test; a keyed hash of a fixed text reveals no more than
  // a signature does.
  const kid = createHmac('sha256', key).update('latchkey key id').digest('base64url').slice(0, 16);
  return { kid, algorithm, privateKey: key, publicKey: key };
}

/**
 * Makes a key from a PKCS#8 PEM; its id is the RFC 7638 thumbprint of the public part.
 * @throws Error, with a message for the operator, when the key is unreadable, weak or of the wrong kind
 */
export function keyFromPem(pem: string, algorithm: SigningAlgorithm): SigningKey {
  const privateKey = parsePrivateKey(pem);
  assertFits(privateKey, algorithm);
  const publicKey = createPublicKey(privateKey);
  assertPair(privateKey, publicKey);
  return { kid: thumbprint(publicKey.export({ format: 'jwk' })), algorithm, privateKey, publicKey };
}

/** The length of a signature by this key (RFC 7518 §3.2 to §3.5, RFC 8037 §3.1). */
export function signatureBytes({ algorithm, publicKey }: SigningKey): number {
  const rule = ALGORITHMS[algorithm];
  if (rule.kind === 'secret') return Number(algorithm.slice(2)) / 8;
  if (rule.kind === 'rsa') return Math.ceil((publicKey.asymmetricKeyDetails?.modulusLength ?? 0) / 8);
  return rule.kind === 'ec' ? EC_SIGNATURE_BYTES[rule.curve] : 64;
}

const EC_SIGNATURE_BYTES = { prime256v1: 64, secp384r1: 96, secp521r1: 132 } as const;

/** Returns the public part of a key as a JWK for verifiers (RFC 7517 §4). */
export function publicJwk({ publicKey, kid, algorithm }: SigningKey): JsonWebKey {
  return { ...publicKey.export({ format: 'jwk' }), kid, alg: algorithm, use: 'sig' };
}

/** Generates a private key for an asymmetric algorithm, as PKCS#8 PEM. Runs off the event loop. */
export async function generatePem(algorithm: SigningAlgorithm): Promise<string> {
  const rule = ALGORITHMS[algorithm];
  const { privateKey } =
    rule.kind === 'ec'
      ? await promisify(generateKeyPair)('ec', { namedCurve: rule.curve })
      : rule.kind === 'ed25519'
        ? await promisify(generateKeyPair)('ed25519')
        : await promisify(generateKeyPair)('rsa', { modulusLength: NEW_RSA_BITS });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
}

function parsePrivateKey(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    // The parser's own error may quote its input.
    throw new Error('is not a readable, unencrypted private key in PEM (PKCS#8) format');
  }
}

function assertFits(key: KeyObject, algorithm: SigningAlgorithm): void {
  const rule = ALGORITHMS[algorithm];
  const details = key.asymmetricKeyDetails ?? {};
  if (rule.kind === 'secret') throw new Error(`is a private key, but ${algorithm} requires a shared secret`);
  if (key.asymmetricKeyType !== rule.kind) {
    throw new Error(`is a key of type ${key.asymmetricKeyType}, but ${algorithm} requires ${rule.kind}`);
  }
  if (rule.kind === 'ec' && details.namedCurve !== rule.curve) {
    throw new Error(`is on the curve ${details.namedCurve}, but ${algorithm} requires ${rule.curve}`);
  }
  if (rule.kind === 'rsa' && (details.modulusLength ?? 0) < MIN_RSA_BITS) {
    throw new Error(
      `is an RSA key of ${details.modulusLength} bits, but at least ${MIN_RSA_BITS} are required`,
    );
  }
  if (rule.kind === 'rsa' && (details.publicExponent ?? 0n) < MIN_RSA_EXPONENT) {
    throw new Error(`is an RSA key with the public exponent ${details.publicExponent}: use 65537`);
  }
  if (rule.kind === 'rsa' && isRocaModulus(modulusOf(key))) {
    throw new Error('is an RSA key that can be factored (ROCA, CVE-2017-15361): generate a new one');
  }
}

function modulusOf(key: KeyObject): bigint {
  const { n } = createPublicKey(key).export({ format: 'jwk' });
  return BigInt(`0x${Buffer.from(n!, 'base64url').toString('hex')}`);
}

/** A PEM may contain a public part that does not match the private part; its signatures could not be verified. */
function assertPair(privateKey: KeyObject, publicKey: KeyObject): void {
  const probe = Buffer.from('latchkey');
  const hash = privateKey.asymmetricKeyType === 'ed25519' ? null : 'sha256';
  if (!verifies(() => verify(hash, probe, publicKey, sign(hash, probe, privateKey))))
    throw new Error('is a private key whose public part belongs to another key');
}

function verifies(check: () => boolean): boolean {
  try {
    return check();
  } catch {
    return false;
  }
}

/** RFC 7638 §3.2 and RFC 8037 §2: the required members of each key type, in lexical order. */
const THUMBPRINT_MEMBERS: Record<string, string[]> = {
  RSA: ['e', 'kty', 'n'],
  EC: ['crv', 'kty', 'x', 'y'],
  OKP: ['crv', 'kty', 'x'],
};

/** RFC 7638 §3: SHA-256 over the required members. */
function thumbprint(jwk: JsonWebKey): string {
  const members = THUMBPRINT_MEMBERS[jwk.kty!]!;
  return createHash('sha256')
    .update(JSON.stringify(Object.fromEntries(members.map((name) => [name, jwk[name]]))))
    .digest('base64url');
}
