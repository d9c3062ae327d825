import { createHash } from 'node:crypto';
import { PasskeyRejection } from './passkey-rejection.js';

/** The part of authenticator data that every response has (WebAuthn §6.1). */
export interface AuthenticatorState {
  counter: number;
  /** Whether the passkey may be copied to other devices. It never changes. */
  backupEligible: boolean;
  /** Whether it has been. */
  backedUp: boolean;
}

const HEADER_BYTES = 37;
const FLAGS = { userPresent: 0x01, userVerified: 0x04, backupEligible: 0x08, backedUp: 0x10 };

/**
 * Reads authenticator data, and checks that it is about this relying party and a user who was verified.
 * @throws PasskeyRejection
 */
export function readAuthenticatorData(data: Buffer, rpId: string): AuthenticatorState {
  if (data.length < HEADER_BYTES) throw new PasskeyRejection('malformed');
  const flags = data[32]!;
  const has = (flag: number) => (flags & flag) !== 0;
  if (!data.subarray(0, 32).equals(createHash('sha256').update(rpId).digest()))
    throw new PasskeyRejection('rp-id');
  if (!has(FLAGS.userPresent) || !has(FLAGS.userVerified)) throw new PasskeyRejection('user-verification');
  const state = { backupEligible: has(FLAGS.backupEligible), backedUp: has(FLAGS.backedUp) };
  if (state.backedUp && !state.backupEligible) throw new PasskeyRejection('backup-state');
  return { ...state, counter: data.readUInt32BE(33) };
}
