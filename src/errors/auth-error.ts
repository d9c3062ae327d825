import { HttpException } from '@nestjs/common';

/**
 * Every error code of the public contract, with its HTTP status. This is the only such table: an error class whose code
 * is not in it does not compile.
 */
export const ERROR_STATUS = {
  VALIDATION_FAILED: 400,
  MALFORMED_JSON: 400,
  ACTION_TOKEN_INVALID: 400,
  TOKEN_MISSING: 401,
  INVALID_TOKEN: 401,
  TOKEN_EXPIRED: 401,
  TOKEN_REVOKED: 401,
  INVALID_CREDENTIALS: 401,
  STEP_UP_REQUIRED: 401,
  MFA_REQUIRED: 401,
  MFA_ENROLMENT_REQUIRED: 401,
  INVALID_CODE: 401,
  PASSKEY_REJECTED: 401,
  REFRESH_TOKEN_MISSING: 401,
  INVALID_REFRESH_TOKEN: 401,
  REFRESH_TOKEN_EXPIRED: 401,
  REFRESH_TOKEN_REUSED: 401,
  FORBIDDEN: 403,
  EMAIL_NOT_VERIFIED: 403,
  CSRF_REJECTED: 403,
  NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  EMAIL_TAKEN: 409,
  LAST_SIGN_IN_METHOD: 409,
  PAYLOAD_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  RATE_LIMITED: 429,
  INTERNAL_ERROR: 500,
  UNAVAILABLE: 503,
} as const satisfies Record<string, number>;

/** A code of the public contract. */
export type AuthErrorCode = keyof typeof ERROR_STATUS;

/** One problem with a request body. */
export interface ErrorDetail {
  /** The field of the request body that has the problem. */
  field: string;
  /** What is wrong with it, as text for people. */
  message: string;
}

/** What an error carries in addition to its code and message. */
export interface AuthErrorOptions {
  /** One entry per invalid field: for `VALIDATION_FAILED`, and for a wrong password of a signed-in user. */
  details?: ErrorDetail[];
  /** Seconds after which a retry makes sense; sent as the `Retry-After` header (RFC 9110 §10.2.3). */
  retryAfter?: number;
  /** The `WWW-Authenticate` header (RFC 9110 §11.6.1), when the client must use something other than a bearer token. */
  challenge?: string;
  /** More members of the body, for clients that know the code. */
  more?: Record<string, unknown>;
  /** The underlying error: logged, never sent to the client. */
  cause?: unknown;
}

/**
 * An authentication failure that a client may see: `message` is safe to show, `code` is stable. It is an
 * `HttpException`, so even a host's catch-all filter responds with the right status. Hosts may throw their own codes.
 */
export class AuthError extends HttpException {
  readonly details?: ErrorDetail[];
  readonly retryAfter?: number;
  readonly challenge?: string;
  readonly more?: Record<string, unknown>;

  constructor(
    message: string,
    readonly statusCode: number,
    readonly code: AuthErrorCode | (string & {}),
    options: AuthErrorOptions = {},
  ) {
    super(
      {
        ...options.more,
        statusCode,
        error: code,
        message,
        ...(options.details && { details: options.details }),
      },
      statusCode,
      {
        cause: options.cause,
      },
    );
    this.name = new.target.name;
    this.message = message;
    this.details = options.details;
    this.retryAfter = options.retryAfter;
    this.challenge = options.challenge;
    this.more = options.more;
  }
}

/** Makes the class of the errors with this code; `message` is used unless the constructor's options override it. */
export function authErrorClass(
  code: AuthErrorCode,
  message: string,
): new (options?: AuthErrorOptions & { message?: string }) => AuthError {
  return class extends AuthError {
    constructor(options: AuthErrorOptions & { message?: string } = {}) {
      super(options.message ?? message, ERROR_STATUS[code], code, options);
    }
  };
}
