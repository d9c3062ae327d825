import type { SigningKey } from './signing-key.js';

/** The keys of one kind of token, newest first: the first signs, all verify. */
export class KeySet {
  readonly current: SigningKey;
  private readonly byId: ReadonlyMap<string, SigningKey>;

  /** @throws Error when the list is empty or names one key twice. */
  constructor(keys: readonly SigningKey[]) {
    if (!keys[0]) throw new Error('holds no key');
    this.current = keys[0];
    this.byId = new Map(keys.map((key) => [key.kid, key]));
    if (this.byId.size !== keys.length) throw new Error('names the same key twice');
  }

  /** `kid` is untrusted input: an exact look-up, nothing else (RFC 8725 §3.10). */
  find(kid: string): SigningKey | undefined {
    return this.byId.get(kid);
  }
}
