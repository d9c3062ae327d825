import { UnavailableError } from '../../errors/auth-errors.js';

/** Some sessions have ended, and others are in a database that does not answer. */
export class PartlyEndedError extends UnavailableError {
  /** @param ended the ids of those that have ended */
  constructor(
    readonly ended: readonly string[],
    cause: unknown,
  ) {
    super({ cause, retryAfter: 1 });
  }
}
