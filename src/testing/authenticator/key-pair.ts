import { generateKeyPairSync, type JsonWebKey, type KeyObject, sign } from 'node:crypto';
import { encodeCbor } from './cbor.js';

/** The algorithms that the software authenticator can sign with: Ed25519, ES256, RS256, and ES384. */
export type AuthenticatorAlgorithm = -8 | -7 | -257 | -35;

/** A key pair of a passkey. */
export interface PasskeyPair {
  algorithm: AuthenticatorAlgorithm;
  privateKey: KeyObject;
  /** In COSE form. */
  publicKey: Buffer;
}

export function makeKeyPair(algorithm: AuthenticatorAlgorithm): PasskeyPair {
  const { privateKey, publicKey } = generate(algorithm);
  const jwk = publicKey.export({ format: 'jwk' });
  return { algorithm, privateKey, publicKey: encodeCbor(new Map(coseOf(algorithm, jwk))) };
}

export function signWith({ algorithm, privateKey }: PasskeyPair, data: Buffer): Buffer {
  const hash = { [-8]: null, [-7]: 'sha256', [-257]: 'sha256', [-35]: 'sha384' }[algorithm];
  return sign(hash, data, privateKey);
}

function generate(algorithm: AuthenticatorAlgorithm): { privateKey: KeyObject; publicKey: KeyObject } {
  switch (algorithm) {
    case -8:
      return generateKeyPairSync('ed25519');
    case -7:
      return generateKeyPairSync('ec', { namedCurve: 'P-256' });
    case -35:
      return generateKeyPairSync('ec', { namedCurve: 'P-384' });
    case -257:
      return generateKeyPairSync('rsa', { modulusLength: 2048 });
  }
}

function coseOf(algorithm: AuthenticatorAlgorithm, jwk: JsonWebKey): [number, number | Buffer][] {
  const bytes = (name: 'x' | 'y' | 'n' | 'e') => Buffer.from(jwk[name] as string, 'base64url');
  switch (algorithm) {
    case -8:
      return [
        [1, 1],
        [3, algorithm],
        [-1, 6],
        [-2, bytes('x')],
      ];
    case -7:
    case -35:
      return [
        [1, 2],
        [3, algorithm],
        [-1, algorithm === -7 ? 1 : 2],
        [-2, bytes('x')],
        [-3, bytes('y')],
      ];
    case -257:
      return [
        [1, 3],
        [3, algorithm],
        [-1, bytes('n')],
        [-2, bytes('e')],
      ];
  }
}
