import {
  AuthController,
  type AuthErrorCode,
  ChangePasswordDto,
  EventsController,
  LoginDto,
  OAuthController,
  PasswordController,
  RefreshTokenDto,
  RegisterDto,
  SessionsController,
  WellKnownController,
} from '../../index.js';
import { HealthController } from '../health/health.controller.js';
import { ProtectedController } from '../protected.controller.js';
import type { DescribedController, Routes } from './route-description.js';
import {
  authResponse,
  eventsResponse,
  introspectionResponse,
  jwksResponse,
  liveResponse,
  metadataResponse,
  protectedResponse,
  readyResponse,
  sessionsResponse,
  tokenForm,
  tokenResponse,
  userResponse,
} from './schemas.js';

const GUARDED: AuthErrorCode[] = [
  'TOKEN_MISSING',
  'INVALID_TOKEN',
  'TOKEN_EXPIRED',
  'TOKEN_REVOKED',
  'UNAVAILABLE',
];

/** Every route that may come with a body refuses some. */
const WITH_BODY: AuthErrorCode[] = ['MALFORMED_JSON', 'PAYLOAD_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'];

/** And what protects cookies refuses. */
const CHANGING: AuthErrorCode[] = ['CSRF_REJECTED', ...WITH_BODY];

const LIMITED: AuthErrorCode[] = ['VALIDATION_FAILED', 'RATE_LIMITED', 'UNAVAILABLE'];

const AUTH_ROUTES: Routes = {
  register: {
    summary: 'Create an account and start its first session',
    status: 201,
    answer: authResponse,
    body: RegisterDto,
    chooseTransport: true,
    errors: [...CHANGING, ...LIMITED, 'EMAIL_TAKEN'],
  },
  login: {
    summary: 'Start a session',
    status: 200,
    answer: authResponse,
    body: LoginDto,
    chooseTransport: true,
    errors: [...CHANGING, ...LIMITED, 'INVALID_CREDENTIALS', 'FORBIDDEN'],
  },
  refresh: {
    summary: 'Exchange a refresh token, from the body or else its cookie, for new tokens',
    status: 200,
    answer: tokenResponse,
    body: RefreshTokenDto,
    errors: [
      ...CHANGING,
      'VALIDATION_FAILED',
      'REFRESH_TOKEN_MISSING',
      'INVALID_REFRESH_TOKEN',
      'REFRESH_TOKEN_EXPIRED',
      'REFRESH_TOKEN_REUSED',
      'TOKEN_REVOKED',
      'RATE_LIMITED',
      'UNAVAILABLE',
    ],
  },
  logout: {
    summary: 'End the session of the refresh or access token sent, even an expired one',
    status: 204,
    body: RefreshTokenDto,
    errors: [...CHANGING, ...LIMITED],
  },
  logoutAll: {
    summary: 'End every session of the user',
    status: 204,
    accessToken: true,
    errors: [...GUARDED, ...CHANGING, 'RATE_LIMITED'],
  },
  me: {
    summary: 'The user the access token belongs to',
    status: 200,
    answer: userResponse,
    accessToken: true,
    errors: GUARDED,
  },
};

const PASSWORD_ROUTES: Routes = {
  changePassword: {
    summary: 'Replace the password and end all other sessions',
    status: 204,
    body: ChangePasswordDto,
    accessToken: true,
    errors: [...CHANGING, 'VALIDATION_FAILED', ...GUARDED, 'INVALID_CREDENTIALS', 'RATE_LIMITED'],
  },
};

const SESSION_ROUTES: Routes = {
  list: {
    summary: 'Where the user is logged in, the session used last first',
    status: 200,
    answer: sessionsResponse,
    accessToken: true,
    errors: GUARDED,
  },
  end: {
    summary: 'End one session of the user',
    status: 204,
    accessToken: true,
    errors: [...GUARDED, ...CHANGING, 'NOT_FOUND', 'RATE_LIMITED'],
  },
  endOthers: {
    summary: 'End every session of the user but this one',
    status: 204,
    accessToken: true,
    errors: [...GUARDED, ...CHANGING, 'RATE_LIMITED'],
  },
};

const EVENT_ROUTES: Routes = {
  list: {
    summary: "The user's own recent security events, the newest first",
    status: 200,
    answer: eventsResponse,
    accessToken: true,
    errors: ['VALIDATION_FAILED', ...GUARDED],
  },
};

const OAUTH_ROUTES: Routes = {
  introspect: {
    summary: 'What a token says, if it is good now (RFC 7662)',
    status: 200,
    answer: introspectionResponse,
    form: tokenForm,
    clientCredentials: true,
    errors: [...WITH_BODY, 'VALIDATION_FAILED', 'INVALID_CREDENTIALS', 'UNAVAILABLE'],
  },
  revoke: {
    summary: 'Revoke a token (RFC 7009)',
    status: 200,
    form: tokenForm,
    clientCredentials: true,
    errors: [...WITH_BODY, 'VALIDATION_FAILED', 'INVALID_CREDENTIALS', 'UNAVAILABLE'],
  },
};

const WELL_KNOWN_ROUTES: Routes = {
  jwks: { summary: 'The public keys (RFC 7517)', status: 200, answer: jwksResponse, errors: [] },
  metadata: { summary: 'Where everything is (RFC 8414)', status: 200, answer: metadataResponse, errors: [] },
};

const PROTECTED_ROUTES: Routes = {
  read: {
    summary: 'The sample resource: answers whoever has a good access token',
    status: 200,
    answer: protectedResponse,
    accessToken: true,
    errors: GUARDED,
  },
};

const HEALTH_ROUTES: Routes = {
  live: { summary: 'The process answers', status: 200, answer: liveResponse, errors: [] },
  ready: {
    summary: 'The database answers too',
    status: 200,
    answer: readyResponse,
    errors: ['UNAVAILABLE'],
  },
};

export const DESCRIBED: DescribedController[] = [
  { controller: AuthController, tag: 'auth', routes: AUTH_ROUTES },
  { controller: PasswordController, tag: 'auth', routes: PASSWORD_ROUTES },
  { controller: SessionsController, tag: 'sessions', routes: SESSION_ROUTES },
  { controller: EventsController, tag: 'sessions', routes: EVENT_ROUTES },
  { controller: OAuthController, tag: 'resource servers', routes: OAUTH_ROUTES },
  { controller: WellKnownController, tag: 'resource servers', routes: WELL_KNOWN_ROUTES },
  { controller: ProtectedController, tag: 'service', routes: PROTECTED_ROUTES },
  { controller: HealthController, tag: 'service', routes: HEALTH_ROUTES },
];
