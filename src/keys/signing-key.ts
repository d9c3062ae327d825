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

/** What each algorithm demands of its key (RFC 7518 §3.1). A key serves exactly one algorithm (RFC 8725 §3.1). */
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

/** An algorithm tokens may be signed with (RFC 7518 §3.1, RFC 8037 §3.1). `none` is not among them. */
export type SigningAlgorithm = keyof typeof ALGORITHMS;
/** All of them, to check a setting against. */
export const SIGNING_ALGORITHMS = Object.keys(ALGORITHMS) as SigningAlgorithm[];

const MIN_RSA_BITS = 2048;
const NEW_RSA_BITS = 3072;
const MIN_RSA_EXPONENT = 65_537n;
const MIN_SECRET_BYTES = 32;

/** One key, parsed once: `KeyObject`s spare every later signature and check the parsing, and its throw. */
export interface SigningKey {
  kid: string;
  algorithm: SigningAlgorithm;
  /** Signs. */
  privateKey: KeyObject;
  /** Verifies; the same object for a shared secret. */
  publicKey: KeyObject;
}

/** True for HS256, HS384 and HS512: one shared secret signs and verifies. */
export function isSymmetric(algorithm: SigningAlgorithm): boolean {
  return ALGORITHMS[algorithm].kind === 'secret';
}

/** How to make a shared secret. */
export const SECRET_ADVICE = 'openssl rand -base64 48';

/** @throws Error with a message fit for the operator when the secret, as UTF-8, is too short or a PEM */
export function assertStrongSecret(secret: string): void {
  // Half of those keys are published, and the other half belong somewhere else.
  if (secret.startsWith('-----BEGIN ')) throw new Error('is a PEM, a secret needs random bytes of its own');
  const length = Buffer.byteLength(secret, 'utf8');
  if (length >= MIN_SECRET_BYTES) return;
  throw new Error(
    `is ${length} bytes long, a secret needs at least ${MIN_SECRET_BYTES} random bytes: ${SECRET_ADVICE}`,
  );
}

/**
 * A key from a shared secret, taken as UTF-8 text.
 * @throws Error with a message fit for the operator when the secret is too short.
 */
export function keyFromSecret(secret: string, algorithm: SigningAlgorithm): SigningKey {
  assertStrongSecret(secret);
  const key = createSecretKey(Buffer.from(secret, 'utf8'));
  // A thumbprint of the secret itself would let anyone test guesses against it more cheaply; a keyed hash of a fixed text tells as little as a signature.
  const kid = createHmac('sha256', key).update('latchkey key id').digest('base64url').slice(0, 16);
  return { kid, algorithm, privateKey: key, publicKey: key };
}

/**
 * A key from a PKCS#8 PEM; its id is the RFC 7638 thumbprint of the public part.
 * @throws Error with a message fit for the operator when the key is unreadable, weak or of the wrong kind.
 */
export function keyFromPem(pem: string, algorithm: SigningAlgorithm): SigningKey {
  const privateKey = parsePrivateKey(pem);
  assertFits(privateKey, algorithm);
  const publicKey = createPublicKey(privateKey);
  assertPair(privateKey, publicKey);
  return { kid: thumbprint(publicKey.export({ format: 'jwk' })), algorithm, privateKey, publicKey };
}

/** The public part of a key as verifiers elsewhere fetch it (RFC 7517 §4). */
export function publicJwk({ publicKey, kid, algorithm }: SigningKey): JsonWebKey {
  return { ...publicKey.export({ format: 'jwk' }), kid, alg: algorithm, use: 'sig' };
}

/** A new private key fit for an algorithm of key pairs, as PEM (PKCS#8); made off the event loop. */
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
    throw new Error('is not a readable, unencrypted private key in PEM (PKCS#8)');
  }
}

function assertFits(key: KeyObject, algorithm: SigningAlgorithm): void {
  const rule = ALGORITHMS[algorithm];
  const details = key.asymmetricKeyDetails ?? {};
  if (rule.kind === 'secret') throw new Error(`is a private key, but ${algorithm} takes a shared secret`);
  if (key.asymmetricKeyType !== rule.kind) {
    throw new Error(`is a key of type ${key.asymmetricKeyType}, ${algorithm} needs ${rule.kind}`);
  }
  if (rule.kind === 'ec' && details.namedCurve !== rule.curve) {
    throw new Error(`is on the curve ${details.namedCurve}, ${algorithm} needs ${rule.curve}`);
  }
  if (rule.kind === 'rsa' && (details.modulusLength ?? 0) < MIN_RSA_BITS) {
    throw new Error(`is an RSA key of ${details.modulusLength} bits, at least ${MIN_RSA_BITS} are needed`);
  }
  if (rule.kind === 'rsa' && (details.publicExponent ?? 0n) < MIN_RSA_EXPONENT) {
    throw new Error(`is an RSA key with the public exponent ${details.publicExponent}, use 65537`);
  }
  if (rule.kind === 'rsa' && isRocaModulus(modulusOf(key))) {
    throw new Error('is an RSA key that can be factored (ROCA, CVE-2017-15361): make a new one');
  }
}

function modulusOf(key: KeyObject): bigint {
  const { n } = createPublicKey(key).export({ format: 'jwk' });
  return BigInt(`0x${Buffer.from(n!, 'base64url').toString('hex')}`);
}

/** A file may hold a public part that is not the private part's: what it signed nobody could verify. */
function assertPair(privateKey: KeyObject, publicKey: KeyObject): void {
  const probe = Buffer.from('latchkey');
  const hash = privateKey.asymmetricKeyType === 'ed25519' ? null : 'sha256';
  if (!verifies(() => verify(hash, probe, publicKey, sign(hash, probe, privateKey))))
    throw new Error('is a private key whose public part belongs to another');
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
