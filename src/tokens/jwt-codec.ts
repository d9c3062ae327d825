import type { Keys } from '../keys/key-set.js';
import { signatureBytes, type SigningKey } from '../keys/signing-key.js';
import { parseCompactJws } from './compact-jws.js';
import type { JwsSignatures } from './jws-signatures.js';
import { base64urlLength } from './token-length.js';
import type { JWTHeader } from './token-types.js';

const HEADER_MEMBERS = new Set(['alg', 'kid', 'typ']);

/** A token whose form, header and signature are valid. */
export interface OpenedToken {
  claims: Record<string, unknown>;
  kid: string;
}

/** Signs and checks the tokens of one `typ` with one set of keys. Does not look at the claims. */
export class JwtCodec {
  constructor(
    private readonly signatures: JwsSignatures,
    private readonly keys: Keys,
    private readonly typ: JWTHeader['typ'],
  ) {}

  async sign(claims: object): Promise<string> {
    const pending = this.keys.choice.fresh?.();
    if (pending) await pending;
    const key = this.keys.current;
    return this.signatures.sign({ alg: key.algorithm, typ: this.typ, kid: key.kid }, claims, key);
  }

  /** The length of the token that {@link sign} would now make of these claims. */
  lengthOf(claims: object): number {
    const key = this.keys.current;
    const header: JWTHeader = { alg: key.algorithm, typ: this.typ, kid: key.kid };
    const parts = [header, claims].map((part) => Buffer.byteLength(JSON.stringify(part)));
    return [...parts, signatureBytes(key)].map(base64urlLength).reduce((sum, length) => sum + length + 1, -1);
  }

  /**
   * Opens a token that is well-formed, names a known key and carries that key's signature; otherwise returns `null`.
   * The header is checked against its schema before any cryptography: nothing in it controls how the token is verified.
   */
  async open(token: string): Promise<OpenedToken | null> {
    const jws = parseCompactJws(token);
    const key = jws && this.keyFor(jws.header);
    if (!key || !this.signatures.verify(token, key)) return null;
    return { claims: jws.payload, kid: key.kid };
  }

  /** Whether tokens signed with this key are still accepted; false once the key is removed. */
  trusts(kid: string): boolean {
    return this.keys.find(kid) !== undefined;
  }

  private keyFor(header: Record<string, unknown>): SigningKey | undefined {
    if (header.typ !== this.typ || typeof header.kid !== 'string') return undefined;
    if (!Object.keys(header).every((member) => HEADER_MEMBERS.has(member))) return undefined;
    const key = this.keys.find(header.kid);
    return key?.algorithm === header.alg ? key : undefined;
  }
}
