import { createHash, createHmac, createSecretKey, type KeyObject } from 'node:crypto';

const MIN_BYTES = 32;

/** A key mixed into every password before it is hashed. A secret one makes a stolen table useless by itself. */
export interface Pepper {
  /** Stored with each hash; tells nothing about a random secret that would help to guess it. */
  id: string;
  key: KeyObject;
}

/** Public: without a secret the HMAC still keeps long passwords whole and our hashes apart from those of others. */
const BUILT_IN: Pepper = { id: '-', key: createSecretKey('latchkey password hash v1', 'utf8') };

/**
 * The peppers of these secrets, newest first as given, and the public one last: hashes from before the first secret
 * keep working. Throws when a secret is shorter than 32 bytes.
 */
export function peppersOf(secrets: readonly string[]): [Pepper, ...Pepper[]] {
  const [newest, ...older] = secrets.map(secretPepper);
  return newest ? [newest, ...older, BUILT_IN] : [BUILT_IN];
}

/** 64 ASCII characters whatever the password's length: below the 72 bytes bcrypt reads, and without a NUL. */
export function season(password: string, pepper: Pepper): string {
  return createHmac('sha384', pepper.key).update(password, 'utf8').digest('base64');
}

function secretPepper(secret: string, position: number): Pepper {
  if (Buffer.byteLength(secret) < MIN_BYTES) {
    throw new RangeError(`Password pepper number ${position + 1} is shorter than ${MIN_BYTES} bytes.`);
  }
  const id = createHash('sha256').update('latchkey pepper id\0').update(secret).digest('hex').slice(0, 8);
  return { id, key: createSecretKey(secret, 'utf8') };
}
