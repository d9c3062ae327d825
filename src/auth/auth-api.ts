import type { AuthErrorCode } from '../errors/auth-error.js';
import { eventsApi } from '../http/events/events.docs.js';
import { oauthApi } from '../http/oauth/oauth.docs.js';
import { wellKnownApi } from '../http/oauth/well-known.docs.js';
import { passwordApi } from '../http/password/password.docs.js';
import { sessionsApi } from '../http/sessions/sessions.docs.js';
import type { ApiDescription } from '../openapi/description.js';
import { errorSchemas, GUARD_ERRORS } from '../openapi/errors.js';
import { type ApiSecurity, GUARDED, PUBLIC, securitySchemes } from '../openapi/security.js';
import { signInApi } from '../http/sign-in/sign-in.docs.js';

/** The description of Latchkey's own endpoints, and what describes routes of your own beside them. */
export interface AuthApiDescription extends ApiDescription {
  /** For routes behind `JwtAuthGuard`: the credentials they accept and how they refuse the others. */
  readonly guarded: { readonly security: ApiSecurity; readonly errors: readonly AuthErrorCode[] };
  /** For routes that anybody may call. */
  readonly public: { readonly security: ApiSecurity };
  /** OpenAPI's Security Scheme Objects, given what the cookies are called: see `SessionCookies.names`. */
  readonly securitySchemes: typeof securitySchemes;
}

/** What Latchkey's endpoints are, as data: for an OpenAPI document, made with whatever tool. */
export const authApi: AuthApiDescription = {
  tags: {
    auth: 'Accounts, logins and tokens.',
    sessions: "A user's own sessions and security events.",
    'resource servers': 'For services that verify access tokens.',
  },
  controllers: [signInApi, passwordApi, sessionsApi, eventsApi, oauthApi, wellKnownApi],
  schemas: errorSchemas,
  guarded: { security: GUARDED, errors: GUARD_ERRORS },
  public: { security: PUBLIC },
  securitySchemes,
};
