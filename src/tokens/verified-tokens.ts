import type { AccessTokenPayload } from './token-types.js';

/** Hashing a whole token would be the guard's slowest step; the end of the signature is enough to tell tokens apart. */
const HASHED_CHARACTERS = 12;

/** Longer tokens are verified every time, so that the size of the cache in bytes is bounded too. */
const MAX_TOKEN_LENGTH = 2048;

export interface VerifiedToken {
  claims: AccessTokenPayload;
  /** The key that signed it: once that key is removed, the token is no longer valid. */
  kid: string;
}

/**
 * Caches access tokens whose signature and claims are valid, keyed by their full text, so that the same bytes are not
 * checked twice. Expiry and revocation are not cached: they are checked each time. Holds at most `capacity` tokens and
 * evicts the oldest: 5000 tokens take at most 10 MB of text, and about three times that with their claims.
 */
export class VerifiedTokens {
  private readonly tokens = new Map<number, VerifiedToken & { text: string }>();

  /** @param capacity 0 turns the cache off */
  constructor(private readonly capacity: number) {}

  find(token: string): VerifiedToken | undefined {
    const found = this.tokens.get(keyOf(token));
    return found !== undefined && found.text === token ? found : undefined;
  }

  add(text: string, { claims, kid }: VerifiedToken): void {
    if (this.capacity === 0 || text.length > MAX_TOKEN_LENGTH) return;
    if (this.tokens.size >= this.capacity) this.tokens.delete(this.tokens.keys().next().value!);
    // Many requests share this object, so no handler may change it for the others.
    this.tokens.set(keyOf(text), deepFreeze({ text, claims, kid }));
  }

  forget(token: string): void {
    if (this.find(token)) this.tokens.delete(keyOf(token));
  }
}

/** A 32-bit hash. Two tokens with the same hash evict each other and are then merely verified again. */
function keyOf(token: string): number {
  let key = 0;
  for (let i = Math.max(0, token.length - HASHED_CHARACTERS); i < token.length; i++)
    key = (Math.imul(key, 31) + token.charCodeAt(i)) | 0;
  return key;
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(deepFreeze);
  return value;
}
