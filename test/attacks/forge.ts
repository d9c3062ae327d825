import { constants, createHmac, type KeyObject, sign } from 'node:crypto';
import type { SigningAlgorithm, SigningKey } from '../../src/keys/signing-key.js';

/**
 * What a case may forge with: the app's real key, the parts of a valid token, and an address that must not
 * be contacted.
 */
export interface Forger {
  algorithm: SigningAlgorithm;
  key: SigningKey;
  /** A key of the same kind that the app does not know. */
  foreign: SigningKey;
  /** A valid access token and its contents. */
  token: string;
  header: Record<string, unknown>;
  claims: Record<string, unknown>;
  refreshToken: string;
  /** `http://127.0.0.1:port`: any request to it is a failure. */
  listener: string;
  /** In seconds, by the app's clock. */
  now: number;
}

export interface Attack {
  /** The number in the list of cases. */
  case: number;
  name: string;
  forge(forger: Forger): string;
  /** `INVALID_TOKEN` by default. */
  expect?: 'INVALID_TOKEN' | 'TOKEN_EXPIRED' | 'accepted';
  only?: (algorithm: SigningAlgorithm) => boolean;
}

export const encode = (part: string | Buffer): string => Buffer.from(part).toString('base64url');

/** A signature over any text, with any key, in the form that JWS requires (RFC 7518 §3, RFC 8037 §3.1). */
export function signatureOf(input: string, algorithm: SigningAlgorithm, privateKey: KeyObject): Buffer {
  const data = Buffer.from(input);
  const hash = `sha${algorithm.slice(2)}`;
  if (algorithm === 'EdDSA') return sign(null, data, privateKey);
  if (algorithm.startsWith('HS')) return createHmac(hash, privateKey).update(data).digest();
  if (algorithm.startsWith('ES')) return sign(hash, data, { key: privateKey, dsaEncoding: 'ieee-p1363' });
  if (algorithm.startsWith('PS')) {
    const { RSA_PKCS1_PSS_PADDING: padding, RSA_PSS_SALTLEN_DIGEST: saltLength } = constants;
    return sign(hash, data, { key: privateKey, padding, saltLength });
  }
  return sign(hash, data, privateKey);
}

/** A token with these texts, signed with the app's own key. */
export function signed(forger: Forger, header: unknown, payload: unknown): string {
  return signedText(forger, textOf(header), textOf(payload));
}

export function signedText(
  { algorithm, key }: Forger,
  header: string | Buffer,
  payload: string | Buffer,
): string {
  const input = `${encode(header)}.${encode(payload)}`;
  return `${input}.${encode(signatureOf(input, algorithm, key.privateKey))}`;
}

/** The valid token with other header members, signed with the app's own key. */
export const withHeader = (changes: object) => (forger: Forger) =>
  signed(forger, { ...forger.header, ...changes }, forger.claims);

/** The valid token with other claims, signed with the app's own key. */
export const withClaims = (changes: object | ((forger: Forger) => object)) => (forger: Forger) =>
  signed(forger, forger.header, {
    ...forger.claims,
    ...(typeof changes === 'function' ? changes(forger) : changes),
  });

/** The valid token without some members. */
export const without = (part: 'header' | 'claims', name: string) => (forger: Forger) => {
  const { [name]: _, ...rest } = forger[part];
  return part === 'header' ? signed(forger, rest, forger.claims) : signed(forger, forger.header, rest);
};

function textOf(part: unknown): string {
  return typeof part === 'string' ? part : JSON.stringify(part);
}
