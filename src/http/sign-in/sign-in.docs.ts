import type { ApiBody, ApiParameter } from '../../openapi/description.js';
import { describeController } from '../../openapi/description.js';
import { CHANGE_ERRORS, GUARD_ERRORS, LIMIT_ERRORS } from '../../openapi/errors.js';
import { CLEARS_COOKIES, SETS_COOKIES, SIGNS_IN } from '../../openapi/headers.js';
import { schemaRef } from '../../openapi/schema.js';
import { ANY_TOKEN, GUARDED, PUBLIC, REFRESH } from '../../openapi/security.js';
import { AuthController } from './auth.controller.js';
import { signInSchemas } from './sign-in.schemas.js';

export const TRANSPORT: ApiParameter = {
  name: 'X-Auth-Transport',
  in: 'header',
  description: '`cookie` delivers the tokens only in HttpOnly cookies.',
  schema: { type: 'string', enum: ['body', 'cookie'], default: 'body' },
};

/** Without a body, the refresh cookie is used. */
const REFRESH_TOKEN: ApiBody = { schema: schemaRef('RefreshTokenRequest'), required: false };

export const signedIn = (description: string) => ({
  description,
  schema: schemaRef('AuthResponse'),
  headers: SIGNS_IN,
});

/** Only with the option `mfa`; the body then has the ticket, too. */
export const MFA_ERRORS = ['MFA_REQUIRED', 'MFA_ENROLMENT_REQUIRED'] as const;

/** The description of `AuthController`. */
export const signInApi = describeController(AuthController, {
  tag: 'auth',
  operations: {
    register: {
      operationId: 'register',
      summary: 'Create an account and start its first session',
      security: PUBLIC,
      parameters: [TRANSPORT],
      body: { schema: schemaRef('RegisterRequest'), required: true },
      answers: { 201: signedIn('The new account and the tokens of its first session.') },
      errors: [...CHANGE_ERRORS, ...LIMIT_ERRORS, 'EMAIL_TAKEN', 'MFA_ENROLMENT_REQUIRED'],
    },
    login: {
      operationId: 'login',
      summary: 'Start a session',
      security: PUBLIC,
      parameters: [TRANSPORT],
      body: { schema: schemaRef('LoginRequest'), required: true },
      answers: { 200: signedIn('The user and the tokens of the new session.') },
      errors: [
        ...CHANGE_ERRORS,
        ...LIMIT_ERRORS,
        'INVALID_CREDENTIALS',
        'FORBIDDEN',
        'EMAIL_NOT_VERIFIED',
        ...MFA_ERRORS,
      ],
    },
    refresh: {
      operationId: 'refresh',
      summary: 'Exchange a refresh token for new tokens',
      security: REFRESH,
      body: REFRESH_TOKEN,
      answers: {
        200: {
          description: 'New tokens, delivered in the same way as the old one was sent.',
          schema: schemaRef('TokenResponse'),
          headers: SETS_COOKIES,
        },
      },
      errors: [
        ...CHANGE_ERRORS,
        ...LIMIT_ERRORS,
        'REFRESH_TOKEN_MISSING',
        'INVALID_REFRESH_TOKEN',
        'REFRESH_TOKEN_EXPIRED',
        'REFRESH_TOKEN_REUSED',
        'TOKEN_REVOKED',
      ],
    },
    logout: {
      operationId: 'logout',
      summary: 'End the session of every token in the request, even if it has expired',
      security: ANY_TOKEN,
      body: REFRESH_TOKEN,
      answers: { 204: { description: 'The session has ended.', headers: CLEARS_COOKIES } },
      errors: [...CHANGE_ERRORS, ...LIMIT_ERRORS],
    },
    logoutAll: {
      operationId: 'logoutAll',
      summary: 'End all sessions of the user',
      security: GUARDED,
      answers: { 204: { description: 'All sessions have ended.', headers: CLEARS_COOKIES } },
      errors: [...GUARD_ERRORS, ...CHANGE_ERRORS, 'RATE_LIMITED'],
    },
    me: {
      operationId: 'getCurrentUser',
      summary: 'Get the user of the access token',
      security: GUARDED,
      answers: { 200: { description: 'The user.', schema: schemaRef('UserResponse') } },
      errors: GUARD_ERRORS,
    },
  },
  schemas: signInSchemas,
});
