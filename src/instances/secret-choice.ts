import { createHash, createHmac, type KeyObject } from 'node:crypto';

/** 48 bits: two secrets of a list never share an id by chance, and the id says little about the secret. */
const ID_LENGTH = 8;

/**
 * A list of secrets, newest first. All of them are accepted; one signs, hashes or encrypts. The first one does, unless
 * other instances do not know it yet.
 */
export class SecretChoice {
  /** The place in the list of the secret that signs, hashes or encrypts now. */
  position = 0;
  /** Returns a promise while the other instances must be asked before something is made; otherwise `undefined`. */
  fresh: (() => Promise<void> | undefined) | undefined;

  /** @param ids see {@link secretId} */
  constructor(readonly ids: readonly string[]) {}
}

/** What identifies a secret to instances that have it. Different for each purpose, and equal to nothing else that is made of it. */
export function secretId(secret: string | KeyObject, purpose: string): string {
  return createHmac('sha256', secret).update(labelOf(purpose)).digest('base64url').slice(0, ID_LENGTH);
}

/** The same for a key that is public anyway. */
export function publicId(name: string, purpose: string): string {
  return createHash('sha256')
    .update(`${labelOf(purpose)}\0${name}`)
    .digest('base64url')
    .slice(0, ID_LENGTH);
}

function labelOf(purpose: string): string {
  return `latchkey instances: ${purpose}`;
}
