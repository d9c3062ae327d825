import { JwtService, type JwtVerifyOptions } from '@nestjs/jwt';
import { CompactSign, compactVerify } from 'jose';
import type { SigningKey } from '../keys/signing-key.js';
import type { JWTHeader } from './token-types.js';

/** Makes and checks the signature of a compact JWS. Judges neither the header nor the claims. */
export interface JwsSignatures {
  sign(header: JWTHeader, claims: object, key: SigningKey): string | Promise<string>;
  verify(token: string, key: SigningKey): boolean | Promise<boolean>;
}

/** Signs with @nestjs/jwt, except for EdDSA, which it does not support: that uses jose. */
export class LibrarySignatures implements JwsSignatures {
  /** One per key, holding everything that does not change from token to token. */
  private readonly services = new WeakMap<SigningKey, JwtService>();

  sign(header: JWTHeader, claims: object, key: SigningKey): string | Promise<string> {
    if (key.algorithm !== 'EdDSA') return this.serviceFor(key).sign(claims, { header });
    const payload = Buffer.from(JSON.stringify(claims));
    return new CompactSign(payload).setProtectedHeader({ ...header }).sign(key.privateKey);
  }

  verify(token: string, key: SigningKey): boolean | Promise<boolean> {
    const { algorithm, publicKey } = key;
    if (algorithm === 'EdDSA') {
      return compactVerify(token, publicKey, { algorithms: [algorithm] }).then(
        () => true,
        () => false,
      );
    }
    try {
      this.serviceFor(key).verify(token);
      return true;
    } catch {
      return false;
    }
  }

  private serviceFor(key: SigningKey): JwtService {
    let service = this.services.get(key);
    if (!service) this.services.set(key, (service = serviceOf(key)));
    return service;
  }
}

function serviceOf({ algorithm, privateKey, publicKey }: SigningKey): JwtService {
  const algorithms = [algorithm] as NonNullable<JwtVerifyOptions['algorithms']>;
  return new JwtService({
    privateKey,
    publicKey: publicKey as unknown as Buffer, // jsonwebtoken accepts a KeyObject, but the Nest wrapper's type does not
    signOptions: { algorithm: algorithms[0] },
    // Times are checked with the other claims, so that "expired" is reported only for tokens that are otherwise valid.
    verifyOptions: { algorithms, ignoreExpiration: true, ignoreNotBefore: true },
  });
}
