import { phcArgon2 } from './argon2.js';
import { djangoBcrypt } from './bcrypt.js';
import type { ForeignFormat, ForeignHash } from './foreign-hash.js';
import { keycloak } from './keycloak.js';
import { djangoPbkdf2, phcPbkdf2 } from './pbkdf2.js';
import { betterAuthScrypt, djangoScrypt, firebaseScrypt, phcScrypt } from './scrypt.js';
import { shaCrypt } from './sha-crypt.js';

const FORMATS: readonly ForeignFormat[] = [
  phcArgon2,
  phcScrypt,
  firebaseScrypt,
  betterAuthScrypt,
  djangoScrypt,
  djangoPbkdf2,
  djangoBcrypt,
  phcPbkdf2,
  keycloak,
  shaCrypt,
];

/** Whether this is a hash of Argon2 that nothing here computes. */
export function lacksArgon2(hash: string): boolean {
  return readForeignHash(hash)?.isComputable?.() === false;
}

/** More than any format needs. */
const MAX_LENGTH = 2_048;

/**
 * Reads a hash that another system made. Returns `null` for any other text, and for one with unacceptable parameters;
 * see {@link ForeignFormat}.
 */
export function readForeignHash(hash: string): ForeignHash | null {
  if (hash.length > MAX_LENGTH) return null;
  for (const format of FORMATS) {
    const found = format(hash);
    if (found) return found;
  }
  return null;
}
