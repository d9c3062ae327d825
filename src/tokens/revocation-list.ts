/** What a revocation ends: every access token of a session, or one access token by its `jti`. */
export interface Revocation {
  kind: 'session' | 'token';
  /** The `sid` or the `jti`. Never the token's text or a hash of it: a signature can have more than one valid form. */
  id: string;
  /** When the last access token it concerns has expired, so that the entry may be forgotten. */
  until: Date;
}

/**
 * Where revoked access tokens are remembered until they expire (RFC 7009 §3). It is asked on every guarded request,
 * so a good implementation answers from memory.
 */
export interface RevocationList {
  /** After this resolves the tokens concerned no longer pass on this instance. Repeating a revocation is harmless. */
  revoke(revocation: Revocation): Promise<void>;
  /** True when an access token with these claims was revoked. If it cannot tell, it throws: that refuses the token. */
  isRevoked(token: { jti: string; sid: string }): boolean | Promise<boolean>;
}

export const RevocationList = Symbol('RevocationList');
