import { createHmac, timingSafeEqual } from 'node:crypto';
import type { SigningKey } from '../keys/signing-key.js';
import type { JwsSignatures } from './jws-signatures.js';
import type { JWTHeader } from './token-types.js';

/**
 * HS256 (RFC 7518 §3.2) with Node's own crypto, for refresh tokens: only Latchkey reads them, they are never signed
 * with another algorithm, and each refresh makes one signature and checks another.
 */
export class HmacSignatures implements JwsSignatures {
  sign(header: JWTHeader, claims: object, key: SigningKey): string {
    const content = `${encode(header)}.${encode(claims)}`;
    return `${content}.${signatureOf(content, key)}`;
  }

  verify(token: string, key: SigningKey): boolean {
    const end = token.lastIndexOf('.');
    const given = Buffer.from(token.slice(end + 1));
    const right = Buffer.from(signatureOf(token.slice(0, end), key));
    return given.length === right.length && timingSafeEqual(given, right);
  }
}

function signatureOf(content: string, { privateKey }: SigningKey): string {
  return createHmac('sha256', privateKey).update(content).digest('base64url');
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
