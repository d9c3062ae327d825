import { InternalError } from '../errors/auth-errors.js';

/** How many of the longest claims a message names. */
const NAMED_CLAIMS = 5;

/** Claims that every token has, and whose length nobody can change. */
const FIXED = new Set([
  'iss', 'sub', 'aud', 'iat', 'exp', 'jti', 'sid', 'client_id', 'type', 'auth_time', 'acr', 'amr', 'session_began',
]); // prettier-ignore

/**
 * The error for an access token that nobody would accept because it is too long. The client learns only that something
 * went wrong; the `cause`, which is logged, names the longest claims.
 */
export function tokenTooLong(claims: object, length: number, limit: number): InternalError {
  return new InternalError({
    cause: new Error(
      `The access token would have ${length} characters, but at most ${limit} are possible: ${longestClaims(claims)}`,
    ),
  });
}

/** Says which claims make a token long, with their sizes in characters but without their values. */
export function longestClaims(claims: object): string {
  const sizes = Object.entries(claims)
    .filter(([name]) => !FIXED.has(name))
    .map(([name, value]) => ({ name, size: JSON.stringify(value)?.length ?? 0 }))
    .sort((a, b) => b.size - a.size)
    .slice(0, NAMED_CLAIMS);
  return `put less into its claims ${sizes.map(({ name, size }) => `${name} (${size})`).join(', ')}`;
}

/** The number of characters of `bytes` bytes in base64url. */
export function base64urlLength(bytes: number): number {
  return Math.ceil((bytes * 4) / 3);
}
