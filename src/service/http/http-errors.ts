import { AuthError, ValidationFailedError } from '../../index.js';

/** RFC 6585 §5. */
export class HeadersTooLargeError extends AuthError {
  constructor() {
    super('The request headers are too large.', 431, 'HEADERS_TOO_LARGE');
  }
}

/** RFC 9110 §15.5.9. */
export class RequestTimeoutError extends AuthError {
  constructor() {
    super('The request took too long to arrive.', 408, 'REQUEST_TIMEOUT');
  }
}

export class BrokenHttpError extends ValidationFailedError {
  constructor() {
    super({ message: 'The request is not valid HTTP.' });
  }
}

/** The contract's error body, for errors that no filter handles. */
export function errorBody({ statusCode, code, message }: AuthError, requestId: string): object {
  return { statusCode, error: code, message, requestId };
}
