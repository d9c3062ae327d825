/**
 * How to find out whether an access token was revoked: in memory (`deny-list`), not at all (`stateless`: it is good until
 * it expires), or by asking the database (`strict`).
 */
export type RevocationCheck = 'deny-list' | 'stateless' | 'strict';
