import { type ApiOperation, describeController } from '../../openapi/description.js';
import { CHANGE_ERRORS, GUARD_ERRORS, LIMIT_ERRORS, STEP_UP_ERRORS } from '../../openapi/errors.js';
import {
  type ApiSchema,
  objectSchema,
  schemaRef,
  TEXT,
  TEXT_OR_NULL,
  TEXTS,
  UUID,
} from '../../openapi/schema.js';
import { type ApiSecurity, GUARDED, PUBLIC } from '../../openapi/security.js';
import type { AddedPasskey } from '../../passkeys/passkey-registration.js';
import type { PasskeySignals } from '../../passkeys/passkey-signals.js';
import type { EnrolmentDto } from '../mfa/totp.dto.js';
import { signedIn, TRANSPORT } from '../sign-in/sign-in.docs.js';
import type { AddPasskeyDto, MfaOptionsDto, RenamePasskeyDto } from './passkey.dto.js';
import { PasskeyChallengesController } from './passkey-challenges.controller.js';
import { OBJECT, PRESENTED_PASSKEY, RESPONSE, TICKET } from './presented-passkey.docs.js';
import { PasskeyLoginController } from './passkey-login.controller.js';
import { PasskeysController } from './passkeys.controller.js';

/** An access token, or the ticket of a login. */
const ENROLS: ApiSecurity = [...GUARDED, {}];
const ENROLMENT_ERRORS = ['ACTION_TOKEN_INVALID', 'INVALID_CODE'] as const;
const ENROLMENT = {
  mfaToken: {
    type: ['string', 'null'],
    description: 'What the login returned. Default: its cookie, if there is one.',
  },
  emailCode: {
    type: ['string', 'null'],
    description: 'The code that was mailed, with the ticket of a login.',
  },
} as const;

const offered = (description: string, method: 'create' | 'get') => ({
  description,
  schema: {
    type: 'object',
    properties: {
      ticket: { type: 'string', description: 'Goes back with the response, within 5 minutes and only once.' },
      options: { ...OBJECT, description: `For \`navigator.credentials.${method}\`, in JSON form.` },
    },
    required: ['ticket', 'options'],
  } satisfies ApiSchema,
});

const stepUpOptions: ApiOperation = {
  operationId: 'getStepUpOptions',
  summary: 'Begin a step-up with a passkey',
  security: GUARDED,
  answers: { 200: offered('What the browser needs to ask for a passkey of the user.', 'get') },
  errors: [...CHANGE_ERRORS, ...GUARD_ERRORS, 'RATE_LIMITED'],
};

/** The description of `PasskeysController`. */
export const passkeysApi = describeController(PasskeysController, {
  tag: 'auth',
  operations: {
    begin: {
      operationId: 'getPasskeyOptions',
      summary: 'Begin adding a passkey',
      security: ENROLS,
      body: { schema: schemaRef('PasskeyOptionsRequest'), required: false },
      answers: { 200: offered('What the browser needs to create a passkey.', 'create') },
      errors: [...CHANGE_ERRORS, 'VALIDATION_FAILED', ...STEP_UP_ERRORS, ...ENROLMENT_ERRORS, 'RATE_LIMITED'],
    },
    add: {
      operationId: 'addPasskey',
      summary: 'Add a passkey',
      security: ENROLS,
      body: { schema: schemaRef('AddPasskeyRequest'), required: true },
      answers: { 201: { description: 'The new passkey.', schema: schemaRef('AddedPasskey') } },
      errors: [
        ...CHANGE_ERRORS,
        'VALIDATION_FAILED',
        ...STEP_UP_ERRORS,
        ...ENROLMENT_ERRORS,
        'PASSKEY_REJECTED',
        'RATE_LIMITED',
      ],
    },
    rename: {
      operationId: 'renamePasskey',
      summary: 'Rename a passkey',
      security: GUARDED,
      parameters: [
        { name: 'id', in: 'path', required: true, description: 'The id of the passkey.', schema: UUID },
      ],
      body: { schema: schemaRef('RenamePasskeyRequest'), required: true },
      answers: {
        200: {
          description: 'The passkey.',
          schema: objectSchema<{ id: string; name: string }>({ id: UUID, name: TEXT }),
        },
      },
      errors: [...CHANGE_ERRORS, 'VALIDATION_FAILED', ...GUARD_ERRORS, 'NOT_FOUND', 'RATE_LIMITED'],
    },
    signals: {
      operationId: 'getPasskeySignals',
      summary: 'Get what browsers should know of the passkeys of the user',
      security: GUARDED,
      answers: {
        200: {
          description: 'For `signalAllAcceptedCredentials` and `signalCurrentUserDetails`.',
          schema: schemaRef('PasskeySignals'),
        },
      },
      errors: [...GUARD_ERRORS, 'CSRF_REJECTED', 'RATE_LIMITED'],
    },
  },
  schemas: {
    PasskeyOptionsRequest: objectSchema<EnrolmentDto>(ENROLMENT, ['mfaToken', 'emailCode']),
    AddPasskeyRequest: objectSchema<AddPasskeyDto>(
      { ticket: TICKET, response: RESPONSE, name: TEXT_OR_NULL, ...ENROLMENT },
      ['name', 'mfaToken', 'emailCode'],
    ),
    RenamePasskeyRequest: objectSchema<RenamePasskeyDto>({ name: TEXT }),
    AddedPasskey: objectSchema<AddedPasskey>({ id: UUID, name: TEXT, recoveryCodes: TEXTS }, [
      'recoveryCodes',
    ]),
    PasskeySignals: objectSchema<PasskeySignals>({
      rpId: TEXT,
      userId: {
        type: 'string',
        description: 'The handle of the account in base64url: not the id of the user.',
      },
      allAcceptedCredentialIds: TEXTS,
      name: TEXT,
      displayName: TEXT,
    }),
  },
});

/** The description of `PasskeyLoginController`. */
export const passkeyLoginApi = describeController(PasskeyLoginController, {
  tag: 'auth',
  operations: {
    begin: {
      operationId: 'getPasskeyLoginOptions',
      summary: 'Begin a login with a passkey',
      security: PUBLIC,
      answers: { 200: offered('What the browser needs to ask for any passkey.', 'get') },
      errors: [...CHANGE_ERRORS, 'RATE_LIMITED', 'UNAVAILABLE'],
    },
    login: {
      operationId: 'loginWithPasskey',
      summary: 'Start a session with a passkey',
      security: PUBLIC,
      parameters: [TRANSPORT],
      body: { schema: schemaRef('PresentedPasskey'), required: true },
      answers: { 200: signedIn('The user and the tokens of the new session.') },
      errors: [...CHANGE_ERRORS, ...LIMIT_ERRORS, 'PASSKEY_REJECTED', 'INVALID_CREDENTIALS', 'FORBIDDEN'],
    },
  },
  schemas: PRESENTED_PASSKEY,
});

/** The description of `PasskeyChallengesController`. */
export const passkeyChallengesApi = describeController(PasskeyChallengesController, {
  tag: 'auth',
  operations: {
    forStepUp: stepUpOptions,
    forLogin: {
      operationId: 'getLoginMfaOptions',
      summary: 'Begin the second step of a login with a passkey',
      security: PUBLIC,
      body: { schema: schemaRef('LoginMfaOptionsRequest'), required: false },
      answers: { 200: offered('What the browser needs to ask for a passkey of the user.', 'get') },
      errors: [...CHANGE_ERRORS, ...LIMIT_ERRORS, 'ACTION_TOKEN_INVALID'],
    },
  },
  schemas: {
    LoginMfaOptionsRequest: objectSchema<MfaOptionsDto>({ mfaToken: TEXT_OR_NULL }, ['mfaToken']),
  },
});
