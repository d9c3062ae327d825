import type { SigningKey } from '../keys/signing-key.js';

/** Makes and checks the signature of a compact JWS. Judges neither the header nor the claims. */
export interface JwsSignatures {
  /** Returns the signature of `<header>.<payload>`. */
  sign(content: string, key: SigningKey): string;
  verify(token: string, key: SigningKey): boolean;
}
