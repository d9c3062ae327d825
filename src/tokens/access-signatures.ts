import { JwtService, type JwtVerifyOptions } from '@nestjs/jwt';
import type { SigningKey } from '../keys/signing-key.js';
import type { JwsSignatures } from './jws-signatures.js';
import { NodeSignatures } from './node-signatures.js';

/**
 * The signatures of access tokens, which others read as well: what Node signs, @nestjs/jwt verifies. It does not support
 * EdDSA.
 */
export class AccessSignatures implements JwsSignatures {
  private readonly node = new NodeSignatures();
  /** One per key, holding everything that does not change from token to token. */
  private readonly services = new WeakMap<SigningKey, JwtService>();

  sign(content: string, key: SigningKey): string {
    return this.node.sign(content, key);
  }

  verify(token: string, key: SigningKey): boolean {
    if (key.algorithm === 'EdDSA') return this.node.verify(token, key);
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

function serviceOf({ algorithm, publicKey }: SigningKey): JwtService {
  const algorithms = [algorithm] as NonNullable<JwtVerifyOptions['algorithms']>;
  return new JwtService({
    publicKey: publicKey as unknown as Buffer, // jsonwebtoken accepts a KeyObject, but the Nest wrapper's type does not
    // Times are checked with the other claims, so that "expired" is reported only for tokens that are otherwise valid.
    verifyOptions: { algorithms, ignoreExpiration: true, ignoreNotBefore: true },
  });
}
