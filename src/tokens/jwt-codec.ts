import { UnavailableError } from '../errors/auth-errors.js';
import type { Keys } from '../keys/key-set.js';
import { signatureBytes, type SigningKey } from '../keys/signing-key.js';
import { parseSegment, segmentOf, splitCompactJws } from './compact-jws.js';
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
  /** The header of each key, as it is written, and the other way around. */
  private readonly headers = new WeakMap<SigningKey, string>();
  private readonly kids = new Map<string, string>();

  constructor(
    private readonly signatures: JwsSignatures,
    private readonly keys: Keys,
    private readonly typ: JWTHeader['typ'],
  ) {}

  async sign(claims: object): Promise<string> {
    const pending = this.keys.choice.fresh?.();
    if (pending) await pending;
    const key = this.keys.current;
    const content = `${this.headerOf(key)}.${segmentOf(claims)}`;
    return `${content}.${this.signatures.sign(content, key)}`;
  }

  /** The length of the token that {@link sign} would now make of these claims. */
  lengthOf(claims: object): number {
    const key = this.keys.current;
    const parts = [Buffer.byteLength(JSON.stringify(claims)), signatureBytes(key)].map(base64urlLength);
    return [this.headerOf(key).length, ...parts].reduce((sum, length) => sum + length + 1, -1);
  }

  /**
   * Opens a token that is well-formed, names a known key and carries that key's signature; otherwise returns `null`.
   * The header is checked against its schema before any cryptography: nothing in it controls how the token is verified.
   * @throws UnavailableError while it cannot be known whether there is such a key
   */
  async open(token: string): Promise<OpenedToken | null> {
    const jws = splitCompactJws(token);
    const key = jws && this.keyFor(jws.header);
    const claims = key && parseSegment(jws.payload);
    if (!claims || !this.signatures.verify(token, key)) return null;
    return { claims, kid: key.kid };
  }

  /** Whether tokens signed with this key are still accepted; false once the key is removed. */
  trusts(kid: string): boolean {
    return this.keys.find(kid) !== undefined;
  }

  /** The key of a header that is as we write them; nothing else in it is read. */
  private keyFor(segment: string): SigningKey | undefined {
    const known = this.keys.find(this.kids.get(segment) ?? '');
    if (known && this.headerOf(known) === segment) return known;
    const header = parseSegment(segment);
    if (!header || header.typ !== this.typ || typeof header.kid !== 'string') return undefined;
    if (!Object.keys(header).every((member) => HEADER_MEMBERS.has(member))) return undefined;
    const key = this.keys.find(header.kid);
    if (!key && this.keys.mayLackKeys) throw new UnavailableError({ retryAfter: 1 });
    if (!key || key.algorithm !== header.alg) return undefined;
    this.headerOf(key); // next time, there is nothing to parse
    return key;
  }

  private headerOf(key: SigningKey): string {
    let header = this.headers.get(key);
    if (!header) {
      header = segmentOf({ alg: key.algorithm, typ: this.typ, kid: key.kid });
      this.headers.set(key, header);
      this.kids.set(header, key.kid);
    }
    return header;
  }
}
