import { JwtService, type JwtVerifyOptions } from '@nestjs/jwt';
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
  /** One for each key, with all that does not change from token to token. */
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
    publicKey: publicKey as unknown as Buffer, // jsonwebtoken takes a KeyObject; the Nest wrapper's type does not say so
    signOptions: { algorithm: algorithms[0] },
    // Times are judged with the other claims, so that "expired" can be said of tokens that are right in all else.
    verifyOptions: { algorithms, ignoreExpiration: true, ignoreNotBefore: true },
  });
}
