/** Why a passkey was not accepted. For operators only: clients learn only that it was not. */
export type PasskeyFailure =
  | 'malformed'
  | 'challenge'
  | 'type'
  | 'origin'
  | 'rp-id'
  | 'user-verification'
  | 'backup-state'
  | 'attestation'
  | 'algorithm'
  | 'signature'
  | 'user-handle'
  | 'unknown-credential'
  | 'credential-taken'
  | 'too-many'
  | 'counter'
  | 'suspended'
  | 'account';

/** A response of an authenticator is not what it should be. */
export class PasskeyRejection extends Error {
  constructor(
    readonly reason: PasskeyFailure,
    cause?: unknown,
  ) {
    super(`The passkey was not accepted: ${reason}`, { cause });
    this.name = 'PasskeyRejection';
  }
}

/** Turns whatever the parsers throw for malformed input into a rejection. */
export async function rejecting<T>(reason: PasskeyFailure, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof PasskeyRejection ? error : new PasskeyRejection(reason, error);
  }
}
