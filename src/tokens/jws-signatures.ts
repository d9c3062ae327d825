import type { SigningKey } from '../keys/signing-key.js';
import type { JWTHeader } from './token-types.js';

/** Makes and checks the signature of a compact JWS. Judges neither the header nor the claims. */
export interface JwsSignatures {
  sign(header: JWTHeader, claims: object, key: SigningKey): string;
  verify(token: string, key: SigningKey): boolean;
}
