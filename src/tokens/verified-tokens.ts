import type { AccessTokenPayload } from './token-types.js';

/** Hashing a whole token would be the guard's slowest step; the end of the signature is enough to tell tokens apart. */
const HASHED_CHARACTERS = 12;

/** Longer tokens are verified every time. */
const MAX_TOKEN_LENGTH = 2048;

export interface VerifiedToken {
  claims: AccessTokenPayload;
  /** The key that signed it: once that key is removed, the token is no longer valid. */
  kid: string;
}

interface CachedToken extends VerifiedToken {
  text: string;
}

/**
 * Caches access tokens whose signature and claims are valid, keyed by their full text, so that the same bytes are not
 * checked twice. Expiry and revocation are not cached: they are checked each time. What it holds is bounded in bytes; the
 * oldest goes first, and earlier once it has expired.
 */
export class VerifiedTokens {
  private readonly tokens = new Map<number, CachedToken>();
  private held = 0;

  /** @param bytes the most memory that it may take, about; 0 turns the cache off */
  constructor(private readonly bytes: number) {}

  find(token: string): VerifiedToken | undefined {
    const found = this.tokens.get(keyOf(token));
    return found !== undefined && found.text === token ? found : undefined;
  }

  /** @param now in seconds since the epoch */
  add(text: string, { claims, kid }: VerifiedToken, now: number): void {
    if (sizeOf(text) > this.bytes || text.length > MAX_TOKEN_LENGTH) return;
    this.drop(keyOf(text));
    this.held += sizeOf(text);
    // Many requests share this object, so no handler may change it for the others.
    this.tokens.set(keyOf(text), deepFreeze({ text, claims, kid }));
    this.makeRoom(now);
  }

  forget(token: string): void {
    if (this.find(token)) this.drop(keyOf(token));
  }

  /** Tokens expire in the order in which they were added, more or less: two at a time keep up with one that comes. */
  private makeRoom(now: number): void {
    let left = 2;
    for (const [key, { claims }] of this.tokens) {
      const isDone = left-- <= 0 || claims.exp >= now;
      if (isDone && this.held <= this.bytes) return;
      this.drop(key);
    }
  }

  private drop(key: number): void {
    const dropped = this.tokens.get(key);
    if (dropped && this.tokens.delete(key)) this.held -= sizeOf(dropped.text);
  }
}

/** In bytes, with its claims, about: 1.7 to 3.1 for each character were measured, the more roles the more. */
function sizeOf(text: string): number {
  return 3 * text.length;
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
