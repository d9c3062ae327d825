import type { AccessTokenPayload } from './token-types.js';

/** To hash a whole token takes V8 longer than anything else the guard does; the end of the signature tells them apart. */
const HASHED_CHARACTERS = 12;

/** Longer tokens are verified each time, so that the cache's size in bytes has a bound too. */
const MAX_TOKEN_LENGTH = 2048;

export interface VerifiedToken {
  claims: AccessTokenPayload;
  /** The key that signed it: should that be taken out, the token is not good any more. */
  kid: string;
}

/**
 * Access tokens whose signature and claims have been found good, by their whole text: the same bytes need not be
 * checked twice. Whether a token has expired or been revoked since is not remembered, that is asked each time.
 * Holds at most `capacity` tokens, then forgets the oldest: 5000 take 10 MB of text at the most, and about three times
 * that with their claims.
 */
export class VerifiedTokens {
  private readonly tokens = new Map<number, VerifiedToken & { text: string }>();

  /** @param capacity 0 turns it off */
  constructor(private readonly capacity: number) {}

  find(token: string): VerifiedToken | undefined {
    const found = this.tokens.get(keyOf(token));
    return found !== undefined && found.text === token ? found : undefined;
  }

  add(text: string, { claims, kid }: VerifiedToken): void {
    if (this.capacity === 0 || text.length > MAX_TOKEN_LENGTH) return;
    if (this.tokens.size >= this.capacity) this.tokens.delete(this.tokens.keys().next().value!);
    // One object serves many requests from now on: no handler may change it for the others.
    this.tokens.set(keyOf(text), deepFreeze({ text, claims, kid }));
  }

  forget(token: string): void {
    if (this.find(token)) this.tokens.delete(keyOf(token));
  }
}

/** 32 bits. Two tokens with the same take each other's place, and are verified again then, no worse. */
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
