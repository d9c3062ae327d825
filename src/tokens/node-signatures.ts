import { constants, createHmac, sign, verify } from 'node:crypto';
import { isSymmetric, type SigningKey } from '../keys/signing-key.js';
import { isSame } from './is-same.js';
import type { JwsSignatures } from './jws-signatures.js';

/**
 * Signatures of RFC 7518 §3.2 to §3.5 and RFC 8037 §3.1 by Node's own crypto. Each refresh makes two and checks one, and the
 * library takes several times as long for what is around the cryptography.
 */
export class NodeSignatures implements JwsSignatures {
  sign(content: string, { algorithm, privateKey }: SigningKey): string {
    if (isSymmetric(algorithm))
      return createHmac(hashOf(algorithm)!, privateKey).update(content).digest('base64url');
    const key = { key: privateKey, ...FORMS[algorithm.slice(0, 2)] };
    return sign(hashOf(algorithm), Buffer.from(content), key).toString('base64url');
  }

  verify(token: string, key: SigningKey): boolean {
    const end = token.lastIndexOf('.');
    const [content, given] = [token.slice(0, end), token.slice(end + 1)];
    if (isSymmetric(key.algorithm)) return isSame(given, this.sign(content, key));
    const { publicKey, algorithm } = key;
    const signature = Buffer.from(given, 'base64url');
    return verify(
      hashOf(algorithm),
      Buffer.from(content),
      { key: publicKey, ...FORMS[algorithm.slice(0, 2)] },
      signature,
    );
  }
}

/** RFC 7518 §3.4: both integers, each of the curve's length. §3.5: a salt as long as the hash. */
const FORMS: Record<string, object> = {
  ES: { dsaEncoding: 'ieee-p1363' },
  PS: { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST },
};

/** Ed25519 has its own. */
function hashOf(algorithm: SigningKey['algorithm']): string | null {
  return algorithm === 'EdDSA' ? null : `sha${algorithm.slice(2)}`;
}
