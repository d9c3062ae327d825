import { publicId, SecretChoice, secretId } from '../instances/secret-choice.js';
import { isSymmetric, type SigningKey } from './signing-key.js';

/** The keys of one kind of token: one signs, all verify. */
export interface Keys {
  /** The key that signs now. */
  readonly current: SigningKey;
  /** Which of the configured keys that is, if other instances do not know the first one yet. @internal */
  readonly choice: SecretChoice;
  /** `kid` is untrusted input: it is only looked up in memory, by exact match (RFC 8725 §3.10). */
  find(kid: string): SigningKey | undefined;
  /** True while there may be keys that are not known here, because the database has not answered. Default: false. */
  readonly mayLackKeys?: boolean;
  /** Returns every key that verifies now or will soon. */
  all(): readonly SigningKey[];
}

/** Keys that do not change while the process runs, newest first. The first one that all instances know signs. */
export class KeySet implements Keys {
  readonly choice: SecretChoice;
  private readonly byId: ReadonlyMap<string, SigningKey>;

  /**
   * @param purpose what the keys are for: a key has another id for each purpose
   * @throws Error when the list is empty or contains a key twice
   */
  constructor(
    private readonly keys: readonly SigningKey[],
    purpose = '',
  ) {
    if (!keys[0]) throw new Error('contains no key');
    this.choice = new SecretChoice(keys.map((key) => idOf(key, purpose)));
    this.byId = new Map(keys.map((key) => [key.kid, key]));
    if (this.byId.size !== keys.length) throw new Error('contains the same key twice');
  }

  get current(): SigningKey {
    return this.keys[this.choice.position]!;
  }

  find(kid: string): SigningKey | undefined {
    return this.byId.get(kid);
  }

  all(): readonly SigningKey[] {
    return this.keys;
  }
}

/** A verifier knows a key only together with its algorithm. */
function idOf({ algorithm, privateKey, kid }: SigningKey, purpose: string): string {
  const use = `${purpose} ${algorithm}`;
  return isSymmetric(algorithm) ? secretId(privateKey, use) : publicId(kid, use);
}

/** The injection token of the {@link Keys} for access tokens. */
export const AccessKeys = Symbol('AccessKeys');
