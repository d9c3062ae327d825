/**
 * What a revocation revokes: all access tokens of a session, one access token, all tokens a user has until now, the
 * sessions of a user (`user-sessions`) or `all` sessions that have begun until now. Only Latchkey's own lists are given
 * `user-sessions`, and only if sessions are in several databases.
 */
export interface Revocation {
  kind: 'session' | 'token' | 'user' | 'user-sessions' | 'all';
  /**
   * The `sid`, `jti` or `sub`, or `*` for `all`. Never a token's text or its hash: a signature can have more than one
   * valid form.
   */
  id: string;
  /** For `user`, `user-sessions` and `all`, the time that counts as "now". Default: the time of the revocation. */
  since?: Date;
}

/** The claims by which a token is looked up. Times are in whole seconds since the epoch. */
export interface RevocableToken {
  jti: string;
  sid: string;
  sub: string;
  iat: number;
  /** When the session began. A refresh token does not say it: then it is no later than `iat`. */
  auth_time?: number;
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
