import type { AuthErrorCode, ErrorDetail } from '../errors/auth-error.js';
import { type ApiSchema, listOf, objectSchema, schemaRef, TEXT } from './schema.js';

type Codes = readonly AuthErrorCode[];

/** How a route refuses a request without a valid access token. */
export const GUARD_ERRORS: Codes = [
  'TOKEN_MISSING',
  'INVALID_TOKEN',
  'TOKEN_EXPIRED',
  'TOKEN_REVOKED',
  'UNAVAILABLE',
];

/** How a guarded route refuses a request whose cookies could not be renewed; only where `silentRefresh` is on. */
export const RENEWAL_ERRORS: Codes = [
  'INVALID_REFRESH_TOKEN',
  'REFRESH_TOKEN_EXPIRED',
  'REFRESH_TOKEN_REUSED',
];

/** How a route that reads a body refuses one. */
export const BODY_ERRORS: Codes = ['MALFORMED_JSON', 'PAYLOAD_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'];

/** How a route that changes something and accepts cookies refuses a request. */
export const CHANGE_ERRORS: Codes = ['CSRF_REJECTED', ...BODY_ERRORS];

/** How a route with a rate limit and validation refuses a request. */
export const LIMIT_ERRORS: Codes = ['VALIDATION_FAILED', 'RATE_LIMITED', 'UNAVAILABLE'];

interface ErrorBody {
  statusCode: number;
  error: string;
  message: string;
  details?: ErrorDetail[];
  requestId: string;
}

export const errorSchemas: Record<string, ApiSchema> = {
  Error: objectSchema<ErrorBody>(
    {
      statusCode: { type: 'integer', description: 'The HTTP status.' },
      error: { type: 'string', description: 'The code: stable, for programs.' },
      message: { type: 'string', description: 'What went wrong, for people.' },
      details: listOf(schemaRef('ErrorDetail')),
      requestId: { type: 'string', description: 'Finds the request in the log of the service.' },
    },
    ['details'],
  ),
  ErrorDetail: objectSchema<ErrorDetail>({
    field: { type: 'string', description: 'The field of the request that is wrong.' },
    message: TEXT,
  }),
};
