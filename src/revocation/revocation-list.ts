/** What a revocation ends: every access token of a session, one access token, or all that a user has until now. */
export interface Revocation {
  kind: 'session' | 'token' | 'user';
  /** The `sid`, the `jti` or the `sub`. Never a token's text or a hash of it: a signature can have more than one valid form. */
  id: string;
}

/** What is asked about an access token. `iat` in whole seconds since the epoch. */
export interface RevocableToken {
  jti: string;
  sid: string;
  sub: string;
  iat: number;
}

/**
 * Where revoked access tokens are remembered until they expire (RFC 7009 §3). It is asked on every guarded request,
 * so a good implementation answers from memory.
 */
export interface RevocationList {
  /**
   * After this resolves the tokens concerned pass no more on this instance, and soon on no other. Repeating a revocation
   * is harmless. A revocation of a user concerns the tokens issued until now, by the clock that `iat` is read from.
   * @param seconds after which the last access token concerned has expired, so that the entry may be forgotten
   */
  revoke(revocations: readonly Revocation[], seconds: number): Promise<void>;
  /** True when such an access token was revoked. If it cannot tell, it throws: that refuses the token. */
  isRevoked(token: RevocableToken): boolean | Promise<boolean>;
}

/** The token it is provided under. */
export const RevocationList = Symbol('RevocationList');
