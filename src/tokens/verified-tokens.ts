import type { AccessTokenPayload } from './token-types.js';

/** Longer tokens are verified each time, so that the cache's size in bytes has a bound too. */
const MAX_TOKEN_LENGTH = 2048;

/**
 * Access tokens whose signature and claims have been found good, by their whole text: the same bytes need not be
 * checked twice. Whether a token has expired or been revoked since is not remembered, that is asked each time.
 * Holds at most `capacity` tokens, then forgets the oldest: 5000 take 10 MB of text at the most, and about three times
 * that with their claims.
 */
export class VerifiedTokens {
  private readonly claims = new Map<string, AccessTokenPayload>();

  /** @param capacity 0 turns it off */
  constructor(private readonly capacity: number) {}

  find(token: string): AccessTokenPayload | undefined {
    return this.claims.get(token);
  }

  add(token: string, claims: AccessTokenPayload): void {
    if (this.capacity === 0 || token.length > MAX_TOKEN_LENGTH) return;
    if (this.claims.size >= this.capacity) this.claims.delete(this.claims.keys().next().value!);
    // One object serves many requests from now on: no handler may change it for the others.
    this.claims.set(token, deepFreeze(claims));
  }

  forget(token: string): void {
    this.claims.delete(token);
  }
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(deepFreeze);
  return value;
}
