import type { SigningKey } from './signing-key.js';

/** The keys of one kind of token: one signs, all verify. */
export interface Keys {
  /** The key that signs now. */
  readonly current: SigningKey;
  /** `kid` is untrusted input: it is only looked up in memory, by exact match (RFC 8725 §3.10). */
  find(kid: string): SigningKey | undefined;
  /** Returns every key that verifies now or will soon. */
  all(): readonly SigningKey[];
}

/** Keys that do not change while the process runs, newest first. The first one signs. */
export class KeySet implements Keys {
  readonly current: SigningKey;
  private readonly byId: ReadonlyMap<string, SigningKey>;

  /** @throws Error when the list is empty or contains a key twice */
  constructor(private readonly keys: readonly SigningKey[]) {
    if (!keys[0]) throw new Error('contains no key');
    this.current = keys[0];
    this.byId = new Map(keys.map((key) => [key.kid, key]));
    if (this.byId.size !== keys.length) throw new Error('contains the same key twice');
  }

  find(kid: string): SigningKey | undefined {
    return this.byId.get(kid);
  }

  all(): readonly SigningKey[] {
    return this.keys;
  }
}

/** The injection token of the {@link Keys} for access tokens. */
export const AccessKeys = Symbol('AccessKeys');
