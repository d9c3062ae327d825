import { createPublicKey, type JsonWebKey } from 'node:crypto';
import { PasskeyRejection } from './passkey-rejection.js';
import type { CborMap } from './webauthn-library.js';

/** The algorithms that passkeys may sign with, best first: Ed25519, ES256 and RS256 by their numbers of RFC 9053. */
export const PASSKEY_ALGORITHMS = [-8, -7, -257] as const;

/** The labels of COSE keys (RFC 9052 §7.1, RFC 9053 §7, RFC 8230 §4). */
const KTY = 1;
const ALG = 3;
const [CRV, X, Y] = [-1, -2, -3];
const [N, E] = [-1, -2];

/**
 * Checks that a key is of one of the algorithms and has the form that WebAuthn §5.8.5 demands for it, so that none is
 * stored with which nobody could ever sign, or with which everybody could.
 * @throws PasskeyRejection
 */
export function assertPublicKey(key: CborMap): void {
  const jwk = jwkOf(key);
  if (!jwk) throw new PasskeyRejection('algorithm');
  try {
    createPublicKey({ key: jwk, format: 'jwk' });
  } catch (error) {
    throw new PasskeyRejection('algorithm', error);
  }
}

function jwkOf(key: CborMap): JsonWebKey | undefined {
  switch (key.get(ALG)) {
    case -8:
      return has(key, { [KTY]: 1, [CRV]: 6 }) && isLong(key.get(X), 32)
        ? { kty: 'OKP', crv: 'Ed25519', x: text(key.get(X)) }
        : undefined;
    case -7:
      return has(key, { [KTY]: 2, [CRV]: 1 }) && isLong(key.get(X), 32) && isLong(key.get(Y), 32)
        ? { kty: 'EC', crv: 'P-256', x: text(key.get(X)), y: text(key.get(Y)) }
        : undefined;
    case -257:
      return has(key, { [KTY]: 3 }) && isStrongModulus(key.get(N)) && isUsualExponent(key.get(E))
        ? { kty: 'RSA', n: text(key.get(N)), e: text(key.get(E)) }
        : undefined;
    default:
      return undefined;
  }
}

function has(key: CborMap, wanted: Record<number, number>): boolean {
  return Object.entries(wanted).every(([label, value]) => key.get(Number(label)) === value);
}

function isLong(value: unknown, length: number): value is Uint8Array {
  return value instanceof Uint8Array && value.length === length;
}

/** 2048 to 4096 bits. */
function isStrongModulus(value: unknown): boolean {
  return value instanceof Uint8Array && value.length >= 256 && value.length <= 512 && value[0]! >= 0x80;
}

function isUsualExponent(value: unknown): boolean {
  return value instanceof Uint8Array && Buffer.from(value).equals(Buffer.from([1, 0, 1]));
}

function text(value: unknown): string {
  return Buffer.from(value as Uint8Array).toString('base64url');
}
