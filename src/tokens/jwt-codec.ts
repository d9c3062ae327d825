import type { JwtService } from '@nestjs/jwt';
import { parseCompactJws } from './compact-jws.js';
import type { KeySet } from './key-set.js';
import type { SigningKey } from './signing-key.js';
import type { JWTHeader } from './token-types.js';

const HEADER_MEMBERS = new Set(['alg', 'kid', 'typ']);

/**
 * Signs and checks the tokens of one `typ` with one set of keys. What the claims say is not its business.
 */
export class JwtCodec {
  constructor(
    private readonly jwt: JwtService,
    private readonly keys: KeySet,
    private readonly typ: JWTHeader['typ'],
  ) {}

  sign(claims: object): string {
    const { privateKey, algorithm, kid } = this.keys.current;
    const header: JWTHeader = { alg: algorithm, kid, typ: this.typ };
    return this.jwt.sign({ ...claims }, { privateKey, algorithm, header });
  }

  /**
   * The claims of a token that is well-formed, names a known key and carries that key's signature; else `null`.
   * The header is held against its schema before any cryptography: nothing in it is obeyed, it only has to match.
   */
  open(token: string): Record<string, unknown> | null {
    const jws = parseCompactJws(token);
    const key = jws && this.keyFor(jws.header);
    if (!key || !this.hasSignature(token, key)) return null;
    return jws.payload;
  }

  private keyFor(header: Record<string, unknown>): SigningKey | undefined {
    if (header.typ !== this.typ || typeof header.kid !== 'string') return undefined;
    if (!Object.keys(header).every((member) => HEADER_MEMBERS.has(member))) return undefined;
    const key = this.keys.find(header.kid);
    return key?.algorithm === header.alg ? key : undefined;
  }

  private hasSignature(token: string, key: SigningKey): boolean {
    try {
      // Times are judged with the other claims, so that "expired" can be said of tokens that are right in all else.
      this.jwt.verify(token, {
        publicKey: key.publicKey as unknown as Buffer, // jsonwebtoken takes a KeyObject; the Nest wrapper's type does not say so
        algorithms: [key.algorithm],
        ignoreExpiration: true,
        ignoreNotBefore: true,
      });
      return true;
    } catch {
      return false;
    }
  }
}
