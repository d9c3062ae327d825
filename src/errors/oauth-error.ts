import type { HttpException } from '@nestjs/common';
import { AuthError, type AuthErrorOptions } from './auth-error.js';

/**
 * The error codes of the `/oauth` endpoints: those of RFC 6749 §5.2, and for other statuses the nearest ones that OAuth
 * has (RFC 6749 §4.1.2.1, RFC 8628 §3.5).
 */
export type OAuthErrorCode =
  | 'invalid_request'
  | 'invalid_client'
  | 'access_denied'
  | 'slow_down'
  | 'server_error'
  | 'temporarily_unavailable';

/** The only table of these codes. A status that is not in it is `invalid_request`, or `server_error` from 500 on. */
export const OAUTH_ERRORS = {
  400: 'invalid_request',
  401: 'invalid_client',
  403: 'access_denied',
  413: 'invalid_request',
  415: 'invalid_request',
  429: 'slow_down',
  500: 'server_error',
  503: 'temporarily_unavailable',
} as const satisfies Record<number, OAuthErrorCode>;

/** The statuses of these errors. */
export type OAuthErrorStatus = keyof typeof OAUTH_ERRORS;

const CHALLENGE = 'Basic realm="latchkey", charset="UTF-8"';

/**
 * An error of the `/oauth` endpoints, in the words of OAuth: the body has OAuth's code in `error`, the text in
 * `error_description`, and the members of every other error next to them.
 */
export class OAuthError extends AuthError {
  constructor(statusCode: number, message: string, options: AuthErrorOptions = {}) {
    // RFC 6749 §5.2: error_description contains neither quotation marks nor backslashes.
    const description = message.replaceAll(/["\\]/g, "'").replaceAll(/[^\x20-\x7e]/g, '?');
    super(description, statusCode, codeFor(statusCode), {
      ...options,
      ...(statusCode === 401 && { challenge: CHALLENGE }),
    });
  }

  /** Says any HTTP error in the words of OAuth. Its status, message and time to wait stay the same. */
  static from(error: HttpException): OAuthError {
    if (error instanceof OAuthError) return error;
    const retryAfter = error instanceof AuthError ? error.retryAfter : undefined;
    const status = error.getStatus();
    const message =
      status === 415
        ? 'Send the parameters as application/x-www-form-urlencoded, uncompressed.'
        : error.message;
    return new OAuthError(status, message, { retryAfter, cause: error.cause ?? error });
  }

  /** The body for a host's filter that responds to every `HttpException`. */
  override getResponse() {
    return { ...(super.getResponse() as object), error_description: this.message };
  }
}

function codeFor(status: number): OAuthErrorCode {
  return (
    (OAUTH_ERRORS as Record<number, OAuthErrorCode>)[status] ??
    (status >= 500 ? 'server_error' : 'invalid_request')
  );
}
