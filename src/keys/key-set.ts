import type { SigningKey } from './signing-key.js';

/** The keys of one kind of token: one signs, all verify. */
export interface Keys {
  /** The key that signs now. */
  readonly current: SigningKey;
  /** `kid` is untrusted input: an exact look-up in memory, nothing else (RFC 8725 §3.10). */
  find(kid: string): SigningKey | undefined;
  /** Every key that verifies now or is about to. */
  all(): readonly SigningKey[];
}

/** Keys that stay the same while the process runs, newest first: the first signs. */
export class KeySet implements Keys {
  readonly current: SigningKey;
  private readonly byId: ReadonlyMap<string, SigningKey>;

  /** @throws Error when the list is empty or names one key twice. */
  constructor(private readonly keys: readonly SigningKey[]) {
    if (!keys[0]) throw new Error('holds no key');
    this.current = keys[0];
    this.byId = new Map(keys.map((key) => [key.kid, key]));
    if (this.byId.size !== keys.length) throw new Error('names the same key twice');
  }

  find(kid: string): SigningKey | undefined {
    return this.byId.get(kid);
  }

  all(): readonly SigningKey[] {
    return this.keys;
  }
}

/** The token under which the keys of access tokens are provided: a {@link Keys}. */
export const AccessKeys = Symbol('AccessKeys');
