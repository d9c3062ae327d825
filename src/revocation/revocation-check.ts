/**
 * How to check whether an access token has been revoked: in memory (`deny-list`), not at all (`stateless`: the token is
 * valid until it expires), or also in the database (`strict`).
 */
export type RevocationCheck = 'deny-list' | 'stateless' | 'strict';
