import type { JwtService } from '@nestjs/jwt';
import { CompactSign, compactVerify } from 'jose';
import type { SigningKey } from '../keys/signing-key.js';
import type { JWTHeader } from './token-types.js';

/** Makes and checks the signature of a compact JWS; neither header nor claims are judged here. */
export interface JwsSignatures {
  sign(header: JWTHeader, claims: object, key: SigningKey): string | Promise<string>;
  verify(token: string, key: SigningKey): boolean | Promise<boolean>;
}

/** By @nestjs/jwt, which knows every algorithm but EdDSA; that one by jose. */
export class LibrarySignatures implements JwsSignatures {
  constructor(private readonly jwt: JwtService) {}

  sign(header: JWTHeader, claims: object, key: SigningKey): string | Promise<string> {
    const { algorithm, privateKey } = key;
    if (algorithm !== 'EdDSA') return this.jwt.sign({ ...claims }, { privateKey, algorithm, header });
    const payload = Buffer.from(JSON.stringify(claims));
    return new CompactSign(payload).setProtectedHeader({ ...header }).sign(privateKey);
  }

  verify(token: string, { algorithm, publicKey }: SigningKey): boolean | Promise<boolean> {
    if (algorithm === 'EdDSA') {
      return compactVerify(token, publicKey, { algorithms: [algorithm] }).then(
        () => true,
        () => false,
      );
    }
    try {
      // Times are judged with the other claims, so that "expired" can be said of tokens that are right in all else.
      this.jwt.verify(token, {
        publicKey: publicKey as unknown as Buffer, // jsonwebtoken takes a KeyObject; the Nest wrapper's type does not say so
        algorithms: [algorithm],
        ignoreExpiration: true,
        ignoreNotBefore: true,
      });
      return true;
    } catch {
      return false;
    }
  }
}
