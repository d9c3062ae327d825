/**
 * How passwords are hashed; replaceable by the host. A hash is text that names everything needed to verify it (scheme,
 * cost, key), so that old hashes keep working when the settings change.
 */
export interface PasswordHasher {
  /** A fresh hash of this password, another each time. Throws `UnavailableError` when too many are waiting. */
  hash(password: string): Promise<string>;

  /**
   * Whether this is the password of that hash, every character of it. A hash it cannot read is false, never an error,
   * and costs as much time as a wrong password: the answer must not tell the two apart. Throws `UnavailableError` when
   * too many are waiting.
   */
  verify(password: string, hash: string): Promise<boolean>;

  /** Whether `hash` would be made otherwise today; after a successful login such a hash is replaced. */
  needsRehash(hash: string): boolean;
}

/** The token it is provided under. */
export const PasswordHasher = Symbol('PasswordHasher');
