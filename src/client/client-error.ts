import type { LatchkeyErrorCode } from './error-codes.js';

/** A passkey that the service does not know, in the form of `PublicKeyCredential.signalUnknownCredential`. */
export interface UnknownCredential {
  rpId: string;
  credentialId: string;
}

/**
 * A call that failed. `code` is the `error` of the service's answer. When there was no answer, `code` is
 * `NETWORK_ERROR` and `status` is 0.
 */
export class LatchkeyError extends Error {
  override readonly name = 'LatchkeyError';

  constructor(
    readonly code: LatchkeyErrorCode,
    message: string,
    readonly status: number,
    /** Which fields are wrong, and why; for `VALIDATION_FAILED`, for instance. */
    readonly details?: { field: string; message: string }[],
    /** How many seconds to wait before trying again. */
    readonly retryAfter?: number,
    cause?: unknown,
    /** After a login with a passkey that logs nobody in. `passkeysOf` tells the browser. */
    readonly unknownCredential?: UnknownCredential,
  ) {
    super(message, { cause });
  }
}
