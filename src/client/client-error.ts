/**
 * A call that did not work. `code` is the `error` of the service's answer, or `NETWORK_ERROR` when there was none;
 * then `status` is 0.
 */
export class LatchkeyError extends Error {
  override readonly name = 'LatchkeyError';

  constructor(
    readonly code: string,
    message: string,
    readonly status: number,
    /** For `VALIDATION_FAILED`: what is wrong with which field. */
    readonly details?: { field: string; message: string }[],
    /** Seconds after which trying again makes sense. */
    readonly retryAfter?: number,
    cause?: unknown,
  ) {
    super(message, { cause });
  }
}
