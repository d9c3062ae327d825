import type { AuthErrorCode, ErrorDetail } from '../errors/auth-error.js';
import { type ApiSchema, listOf, objectSchema, schemaRef, TEXT, TEXTS } from './schema.js';

type Codes = readonly AuthErrorCode[];

/** The errors of a route that requires a valid access token. */
export const GUARD_ERRORS: Codes = [
  'TOKEN_MISSING',
  'INVALID_TOKEN',
  'TOKEN_EXPIRED',
  'TOKEN_REVOKED',
  'UNAVAILABLE',
];

/** The errors of a guarded route that also requires a recent authentication. */
export const STEP_UP_ERRORS: Codes = [...GUARD_ERRORS, 'STEP_UP_REQUIRED'];

/** The errors of a guarded route whose cookies could not be renewed; only with `silentRefresh`. */
export const RENEWAL_ERRORS: Codes = [
  'INVALID_REFRESH_TOKEN',
  'REFRESH_TOKEN_EXPIRED',
  'REFRESH_TOKEN_REUSED',
];

/** The errors of a route that reads a body. */
export const BODY_ERRORS: Codes = ['MALFORMED_JSON', 'PAYLOAD_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'];

/** The errors of a route that changes something and accepts cookies. */
export const CHANGE_ERRORS: Codes = ['CSRF_REJECTED', ...BODY_ERRORS];

/** The errors of a route with a rate limit and validation. */
export const LIMIT_ERRORS: Codes = ['VALIDATION_FAILED', 'RATE_LIMITED', 'UNAVAILABLE'];

interface ErrorBody {
  statusCode: number;
  error: string;
  message: string;
  details?: ErrorDetail[];
  requestId: string;
  mfaToken?: string;
  methods?: string[];
  unknownCredential?: { rpId: string; credentialId: string };
}

/** RFC 6749 §5.2, with the members of every other error next to its own. */
type OAuthErrorBody = Pick<ErrorBody, 'statusCode' | 'error' | 'message' | 'requestId'> & {
  error_description: string;
};

const COMMON = {
  statusCode: { type: 'integer', description: 'The HTTP status.' },
  message: { type: 'string', description: 'What went wrong. Meant for people.' },
  requestId: { type: 'string', description: 'Identifies the request in the log of the service.' },
} as const;

export const errorSchemas: Record<string, ApiSchema> = {
  Error: objectSchema<ErrorBody>(
    {
      ...COMMON,
      error: { type: 'string', description: 'The error code. Stable; meant for programs.' },
      details: listOf(schemaRef('ErrorDetail')),
      mfaToken: {
        type: 'string',
        description:
          'Only with `MFA_REQUIRED` and `MFA_ENROLMENT_REQUIRED`, unless it is in a cookie: the ticket.',
      },
      methods: {
        ...TEXTS,
        description: 'Only with `MFA_REQUIRED`: the kinds of second factor that will do.',
      },
      unknownCredential: {
        type: 'object',
        properties: { rpId: TEXT, credentialId: TEXT },
        required: ['rpId', 'credentialId'],
        description: 'Only after a passkey: for `PublicKeyCredential.signalUnknownCredential`.',
      },
    },
    ['details', 'mfaToken', 'methods', 'unknownCredential'],
  ),
  OAuthError: objectSchema<OAuthErrorBody>({
    ...COMMON,
    error: { type: 'string', description: 'The error code of OAuth. Stable; meant for programs.' },
    error_description: { type: 'string', description: 'The same as `message`.' },
  }),
  ErrorDetail: objectSchema<ErrorDetail>({
    field: { type: 'string', description: 'The invalid field of the request.' },
    message: TEXT,
  }),
};
