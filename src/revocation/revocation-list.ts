/** What a revocation revokes: all access tokens of a session, one access token, or all tokens a user has until now. */
export interface Revocation {
  kind: 'session' | 'token' | 'user';
  /** The `sid`, `jti` or `sub`. Never a token's text or its hash: a signature can have more than one valid form. */
  id: string;
}

/** The claims by which an access token is looked up. `iat` is in whole seconds since the epoch. */
export interface RevocableToken {
  jti: string;
  sid: string;
  sub: string;
  iat: number;
}

/** Called with a revocation, possibly more than once. Must not throw. */
export type RevocationWatcher = (revocation: Revocation) => void;

/**
 * Remembers revoked access tokens until they expire (RFC 7009 §3). It is called on every guarded request, so a good
 * implementation answers from memory.
 */
export interface RevocationList {
  /**
   * Once this resolves, this instance rejects the affected tokens; the other instances do so soon after. Idempotent.
   * Revoking a user affects the tokens issued until now, on the clock that sets `iat`.
   * @param seconds time after which the last affected access token has expired, so that the entry may be dropped
   */
  revoke(revocations: readonly Revocation[], seconds: number): Promise<void>;
  /** True when the access token has been revoked. Throws when it cannot know, and the token is then rejected. */
  isRevoked(token: RevocableToken): boolean | Promise<boolean>;
  /**
   * Optional: calls `watcher` with each revocation that this instance makes or learns of from now on, and returns a
   * function that ends that. Without it, `SessionEndings` only learns of the sessions that this instance ends.
   */
  watch?(watcher: RevocationWatcher): () => void;
}

/** The injection token of the {@link RevocationList}. */
export const RevocationList = Symbol('RevocationList');
