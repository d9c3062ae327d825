import { SECRET_ADVICE } from '../keys/signing-key.js';
import type { Duration } from './duration.js';
import { asGiven, duration, group, type Rule, type Rules } from './rules.js';

/** The key ring that is stored in PostgreSQL and rotated automatically. */
export interface KeyRingOptions {
  /**
   * One or more secrets of at least 32 random bytes, newest first. The first one that all instances know encrypts
   * private keys, all of them decrypt.
   */
  encryptionSecret: string | string[];
  /** How long a key signs before the next one takes over; must be longer than `publishAhead`. Default `30d`. */
  rotateEvery?: Duration;
  /** How long a new key is published before it signs. Must be longer than verifiers cache the JWKS. Default `10m`. */
  publishAhead?: Duration;
}

/** Durations in seconds. */
export interface KeyRingSettings {
  encryptionSecrets: string[];
  rotateEvery: number;
  publishAhead: number;
}

const encryptionSecret: Rule<string | string[], string[]> = (check, option, given = []) => {
  if (Array.isArray(given) && given.length === 0) check.fail(option, `is missing: ${SECRET_ADVICE}`);
  return check.secrets(option, given);
};

const RULES = {
  encryptionSecret,
  publishAhead: duration('10m', {}),
  rotateEvery: asGiven<Duration>(),
} satisfies Rules<KeyRingOptions>;

export const keyRing = group(RULES, (ring, check, option): KeyRingSettings => {
  // A key must be published before it signs.
  const rotateEvery = duration('30d', { min: ring.publishAhead + 1 });
  return {
    encryptionSecrets: ring.encryptionSecret,
    publishAhead: ring.publishAhead,
    rotateEvery: rotateEvery(check, `${option}.rotateEvery`, ring.rotateEvery),
  };
});
