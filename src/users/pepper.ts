import { createHash, createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { secretId } from '../instances/secret-choice.js';

const MIN_BYTES = 32;

/** A key mixed into every password before it is hashed. If it is secret, a stolen table alone is useless. */
export interface Pepper {
  /** Stored with each hash; does not help to guess a random secret. */
  id: string;
  /** What other instances know it by. */
  instanceId: string;
  key: KeyObject;
}

/** The id of the pepper that is no secret. */
export const PUBLIC_PEPPER = '-';

/** Public. Even without a secret, the HMAC keeps long passwords whole and makes our hashes differ from others'. */
const BUILT_IN: Pepper = {
  id: PUBLIC_PEPPER,
  instanceId: PUBLIC_PEPPER,
  key: createSecretKey('latchkey password hash v1', 'utf8'),
};

/**
 * Returns the peppers for these secrets, newest first as given, followed by the public one, so that hashes made before
 * the first secret keep working.
 * @throws RangeError when a secret is shorter than 32 bytes
 */
export function peppersOf(secrets: readonly string[]): [Pepper, ...Pepper[]] {
  const [newest, ...older] = secrets.map(secretPepper);
  return newest ? [newest, ...older, BUILT_IN] : [BUILT_IN];
}

/** Returns 64 ASCII characters for a password of any length: below the 72 bytes that bcrypt reads, and without NULs. */
export function season(password: string, pepper: Pepper): string {
  return createHmac('sha384', pepper.key).update(password, 'utf8').digest('base64');
}

function secretPepper(secret: string, position: number): Pepper {
  if (Buffer.byteLength(secret) < MIN_BYTES) {
    throw new RangeError(`Password pepper number ${position + 1} is shorter than ${MIN_BYTES} bytes.`);
  }
  const id = createHash('sha256').update('latchkey pepper id\0').update(secret).digest('hex').slice(0, 8);
  return { id, instanceId: secretId(secret, 'passwords.peppers'), key: createSecretKey(secret, 'utf8') };
}
