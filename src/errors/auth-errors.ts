import { authErrorClass } from './auth-error.js';

export class ValidationFailedError extends authErrorClass('VALIDATION_FAILED', 'The request is not valid.') {}
export class MalformedJsonError extends authErrorClass(
  'MALFORMED_JSON',
  'The request body is not valid JSON.',
) {}

export class TokenMissingError extends authErrorClass(
  'TOKEN_MISSING',
  'An access token is required: send it as "Authorization: Bearer <token>".',
) {}
export class InvalidTokenError extends authErrorClass('INVALID_TOKEN', 'The access token is not valid.') {}
export class TokenExpiredError extends authErrorClass(
  'TOKEN_EXPIRED',
  'The access token has expired: refresh it at POST /auth/refresh.',
) {}
export class TokenRevokedError extends authErrorClass(
  'TOKEN_REVOKED',
  'The session has ended: log in again.',
) {}

export class InvalidCredentialsError extends authErrorClass(
  'INVALID_CREDENTIALS',
  'The email address or the password is wrong.',
) {}

export class RefreshTokenMissingError extends authErrorClass(
  'REFRESH_TOKEN_MISSING',
  'A refresh token is required: send it as "refreshToken" in the body, or in its cookie.',
) {}
export class InvalidRefreshTokenError extends authErrorClass(
  'INVALID_REFRESH_TOKEN',
  'The refresh token is not valid: log in again.',
) {}
export class RefreshTokenExpiredError extends authErrorClass(
  'REFRESH_TOKEN_EXPIRED',
  'The session has expired: log in again.',
) {}
export class RefreshTokenReusedError extends authErrorClass(
  'REFRESH_TOKEN_REUSED',
  'This refresh token has already been used. The session was ended for safety: log in again.',
) {}

export class ForbiddenError extends authErrorClass('FORBIDDEN', 'You do not have permission to do this.') {}
export class CsrfRejectedError extends authErrorClass(
  'CSRF_REJECTED',
  "Requests from this page may not use this service's cookies.",
) {}
export class NotFoundError extends authErrorClass('NOT_FOUND', 'Not found.') {}
export class MethodNotAllowedError extends authErrorClass(
  'METHOD_NOT_ALLOWED',
  'This address does not support that method.',
) {}
export class EmailTakenError extends authErrorClass(
  'EMAIL_TAKEN',
  'An account with this email address already exists.',
) {}
export class PayloadTooLargeError extends authErrorClass(
  'PAYLOAD_TOO_LARGE',
  'The request body is too large.',
) {}
export class UnsupportedMediaTypeError extends authErrorClass(
  'UNSUPPORTED_MEDIA_TYPE',
  'Send the body as "Content-Type: application/json".',
) {}
export class RateLimitedError extends authErrorClass('RATE_LIMITED', 'Too many attempts: try again later.') {}
export class InternalError extends authErrorClass('INTERNAL_ERROR', 'Something went wrong on our side.') {}
export class UnavailableError extends authErrorClass(
  'UNAVAILABLE',
  'The service cannot do this right now: try again shortly.',
) {}
