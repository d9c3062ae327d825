import { authErrorClass, type AuthErrorOptions } from './auth-error.js';

/** 400: the request is invalid; `details` names the fields. */
export class ValidationFailedError extends authErrorClass('VALIDATION_FAILED', 'The request is not valid.') {}
/** 400: the request body cannot be parsed as JSON. */
export class MalformedJsonError extends authErrorClass(
  'MALFORMED_JSON',
  'The request body is not valid JSON.',
) {}
/** 400: the token of a mailed link is unknown, used or expired, or meant for something else. */
export class ActionTokenInvalidError extends authErrorClass(
  'ACTION_TOKEN_INVALID',
  'This link is not valid, or no longer: request a new one.',
) {}

/** 401: the route requires an access token and the request carries none. */
export class TokenMissingError extends authErrorClass(
  'TOKEN_MISSING',
  'An access token is required: send it as "Authorization: Bearer <token>".',
) {}
/** 401: the access token is malformed, wrongly signed, or not meant for this service. */
export class InvalidTokenError extends authErrorClass('INVALID_TOKEN', 'The access token is not valid.') {}
/** 401: the access token has expired and is otherwise valid; refresh it. */
export class TokenExpiredError extends authErrorClass(
  'TOKEN_EXPIRED',
  'The access token has expired: refresh it at POST /auth/refresh.',
) {}
/** 401: the session has ended, the token was revoked, or the user is disabled; log in again. */
export class TokenRevokedError extends authErrorClass(
  'TOKEN_REVOKED',
  'The session has ended: log in again.',
) {}

/** 401: this access token alone was revoked, and its session continues: a refresh gets another one. */
export class AccessTokenRevokedError extends TokenRevokedError {
  constructor(options: ConstructorParameters<typeof TokenRevokedError>[0] = {}) {
    super({ message: 'This access token has been revoked: refresh it at POST /auth/refresh.', ...options });
  }
}

/** 401: the credentials are wrong. Does not reveal whether the account exists. */
export class InvalidCredentialsError extends authErrorClass(
  'INVALID_CREDENTIALS',
  'The email address or the password is wrong.',
) {}

/** What an action requires of the user's last authentication. */
interface NeededAuthentication {
  acr: string;
  /** In seconds. */
  maxAge: number;
}

/**
 * 401: the user has not authenticated recently or strongly enough for this; authenticate again at `POST /auth/step-up`.
 * The challenge (RFC 9470 §3) and `details` say what is needed, as `acr_values` and `max_age`.
 */
export class StepUpRequiredError extends authErrorClass(
  'STEP_UP_REQUIRED',
  'Authenticate again to do this: at POST /auth/step-up.',
) {
  constructor({ acr, maxAge, ...options }: AuthErrorOptions & NeededAuthentication & { message?: string }) {
    const needed = { acr_values: acr, max_age: String(maxAge) };
    const parameters = Object.entries(needed).map(([name, value]) => `, ${name}="${value}"`);
    super({
      challenge: `Bearer error="insufficient_user_authentication"${parameters.join('')}`,
      details: Object.entries(needed).map(([field, message]) => ({ field, message })),
      ...options,
    });
  }
}

/** 401: the password is right, and a second factor is needed: answer with `mfaToken` at `POST /auth/login/mfa`. */
export class MfaRequiredError extends authErrorClass(
  'MFA_REQUIRED',
  'A second factor is needed: send it to POST /auth/login/mfa.',
) {}
/** 401: the password is right, and the user must set up a second factor before they can log in. */
export class MfaEnrolmentRequiredError extends authErrorClass(
  'MFA_ENROLMENT_REQUIRED',
  'Set up a second factor to log in: with the code that we have mailed to you.',
) {}
/** 401: the code of a second factor is wrong, or was used before. */
export class InvalidCodeError extends authErrorClass(
  'INVALID_CODE',
  'The code is wrong, or was used before: wait for the next one.',
) {}

/** 401: the passkey, or what its authenticator has sent, was not accepted; begin again with new options. */
export class PasskeyRejectedError extends authErrorClass(
  'PASSKEY_REJECTED',
  'This passkey was not accepted: try again, or use another way to sign in.',
) {}

/** 401: the request carries no refresh token. */
export class RefreshTokenMissingError extends authErrorClass(
  'REFRESH_TOKEN_MISSING',
  'A refresh token is required: send it as "refreshToken" in the body, or in its cookie.',
) {}
/** 401: Latchkey did not issue the refresh token, or does not know its session. */
export class InvalidRefreshTokenError extends authErrorClass(
  'INVALID_REFRESH_TOKEN',
  'The refresh token is not valid: log in again.',
) {}
/** 401: the session has reached its idle or absolute limit; log in again. */
export class RefreshTokenExpiredError extends authErrorClass(
  'REFRESH_TOKEN_EXPIRED',
  'The session has expired: log in again.',
) {}
/** 401: the refresh token had already been used, so its session was revoked (RFC 9700 §4.14.2). */
export class RefreshTokenReusedError extends authErrorClass(
  'REFRESH_TOKEN_REUSED',
  'This refresh token has already been used. The session was ended for safety: log in again.',
) {}

/** 403: the user is authenticated but not allowed to do this. */
export class ForbiddenError extends authErrorClass('FORBIDDEN', 'You do not have permission to do this.') {}
/** 403: the password is right, but the user must first prove that they read the mail of their address. */
export class EmailNotVerifiedError extends authErrorClass(
  'EMAIL_NOT_VERIFIED',
  'Confirm your email address first: follow the link in the mail that we have sent you.',
) {}
/** 403: a foreign page tried to act through the cookies of the user. */
export class CsrfRejectedError extends authErrorClass(
  'CSRF_REJECTED',
  "Requests from this page may not use this service's cookies.",
) {}
/** 404: there is no such resource, or it does not belong to the user. */
export class NotFoundError extends authErrorClass('NOT_FOUND', 'Not found.') {}
/** 405: the route does not support the method. */
export class MethodNotAllowedError extends authErrorClass(
  'METHOD_NOT_ALLOWED',
  'This address does not support that method.',
) {}
/** 409: an account with this email address already exists. */
export class EmailTakenError extends authErrorClass(
  'EMAIL_TAKEN',
  'An account with this email address already exists.',
) {}
/** 409: without this factor, the user could no longer log in. */
export class LastSignInMethodError extends authErrorClass(
  'LAST_SIGN_IN_METHOD',
  'You could not sign in any more without this: add another way first.',
) {}
/** 413: the request body is too large. */
export class PayloadTooLargeError extends authErrorClass(
  'PAYLOAD_TOO_LARGE',
  'The request body is too large.',
) {}
/** 415: the request body is not `application/json`. */
export class UnsupportedMediaTypeError extends authErrorClass(
  'UNSUPPORTED_MEDIA_TYPE',
  'Send the body as "Content-Type: application/json".',
) {}
/** 429: too many attempts; `retryAfter` is the number of seconds to wait. */
export class RateLimitedError extends authErrorClass('RATE_LIMITED', 'Too many attempts: try again later.') {}
/** 500: an unexpected error; its `cause` is in the log. */
export class InternalError extends authErrorClass('INTERNAL_ERROR', 'Something went wrong on our side.') {}
/** 503: the service cannot do this now; retry after `retryAfter` seconds. */
export class UnavailableError extends authErrorClass(
  'UNAVAILABLE',
  'The service cannot do this right now: try again shortly.',
) {}
