import type { AuthErrorCode } from '../errors/auth-error.js';
import { accountApi } from '../http/account/account.docs.js';
import { emailApi } from '../http/email/email.docs.js';
import { passkeyWellKnownApi } from '../http/passkeys/passkey-well-known.docs.js';
import { passkeyLoginApi, passkeysApi, passkeyChallengesApi } from '../http/passkeys/passkeys.docs.js';
import { passwordResetApi } from '../http/password/password-reset.docs.js';
import { registrationApi } from '../http/registration/registration.docs.js';
import { eventsApi } from '../http/events/events.docs.js';
import { forwardAuthApi } from '../http/forward-auth/forward-auth.docs.js';
import { oauthApi } from '../http/oauth/oauth.docs.js';
import { wellKnownApi } from '../http/oauth/well-known.docs.js';
import { factorResetApi } from '../http/mfa/factor-reset.docs.js';
import { factorsApi, loginMfaApi } from '../http/mfa/mfa.docs.js';
import { totpApi } from '../http/mfa/totp.docs.js';
import { passwordApi } from '../http/password/password.docs.js';
import { stepUpApi } from '../http/step-up/step-up.docs.js';
import { sessionsApi } from '../http/sessions/sessions.docs.js';
import type { ApiDescription } from '../openapi/description.js';
import { errorSchemas, GUARD_ERRORS } from '../openapi/errors.js';
import { type ApiSecurity, GUARDED, PUBLIC, securitySchemes } from '../openapi/security.js';
import { signInApi } from '../http/sign-in/sign-in.docs.js';

/** The description of Latchkey's endpoints, and building blocks for describing your own routes. */
export interface AuthApiDescription extends ApiDescription {
  /** For routes behind `JwtAuthGuard`: the credentials they accept, and the errors with which they reject requests. */
  readonly guarded: { readonly security: ApiSecurity; readonly errors: readonly AuthErrorCode[] };
  /** For routes that anyone may call. */
  readonly public: { readonly security: ApiSecurity };
  /** Returns OpenAPI Security Scheme Objects for the given cookie names; see `SessionCookies.names`. */
  readonly securitySchemes: typeof securitySchemes;
}

/** Describes Latchkey's endpoints as data, from which any tool can generate an OpenAPI document. */
export const authApi: AuthApiDescription = {
  tags: {
    auth: 'Accounts, logins and tokens.',
    'second factors': "A user's own second factors and trusted devices.",
    sessions: "A user's own sessions and security events.",
    'resource servers': 'For services that verify access tokens.',
  },
  controllers: [
    signInApi,
    passwordApi,
    stepUpApi,
    loginMfaApi,
    totpApi,
    factorsApi,
    factorResetApi,
    registrationApi,
    passwordResetApi,
    emailApi,
    accountApi,
    passkeysApi,
    passkeyLoginApi,
    passkeyChallengesApi,
    sessionsApi,
    eventsApi,
    forwardAuthApi,
    oauthApi,
    wellKnownApi,
    passkeyWellKnownApi,
  ],
  schemas: errorSchemas,
  guarded: { security: GUARDED, errors: GUARD_ERRORS },
  public: { security: PUBLIC },
  securitySchemes,
};
