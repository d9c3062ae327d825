/**
 * The `code` of a `LatchkeyError`: one of the service, or one of the client. `NETWORK_ERROR`: there was no answer.
 * `UNKNOWN`: something else answered, such as a captive portal or a proxy. Hosts and later versions may have more codes.
 */
export type LatchkeyErrorCode =
  | 'NETWORK_ERROR'
  | 'UNKNOWN'
  | 'VALIDATION_FAILED'
  | 'MALFORMED_JSON'
  | 'ACTION_TOKEN_INVALID'
  | 'TOKEN_MISSING'
  | 'INVALID_TOKEN'
  | 'TOKEN_EXPIRED'
  | 'TOKEN_REVOKED'
  | 'INVALID_CREDENTIALS'
  | 'STEP_UP_REQUIRED'
  | 'REFRESH_TOKEN_MISSING'
  | 'INVALID_REFRESH_TOKEN'
  | 'REFRESH_TOKEN_EXPIRED'
  | 'REFRESH_TOKEN_REUSED'
  | 'FORBIDDEN'
  | 'EMAIL_NOT_VERIFIED'
  | 'CSRF_REJECTED'
  | 'NOT_FOUND'
  | 'METHOD_NOT_ALLOWED'
  | 'EMAIL_TAKEN'
  | 'PAYLOAD_TOO_LARGE'
  | 'UNSUPPORTED_MEDIA_TYPE'
  | 'RATE_LIMITED'
  | 'INTERNAL_ERROR'
  | 'UNAVAILABLE'
  | (string & {});
