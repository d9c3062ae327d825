import { describeController } from '../../openapi/description.js';
import { CHANGE_ERRORS, GUARD_ERRORS, LIMIT_ERRORS, STEP_UP_ERRORS } from '../../openapi/errors.js';
import {
  listOf,
  objectSchema,
  schemaRef,
  TEXT,
  TEXT_OR_NULL,
  TEXTS,
  TIME,
  UUID,
} from '../../openapi/schema.js';
import { GUARDED, PUBLIC } from '../../openapi/security.js';
import { PRESENTED_PASSKEY } from '../passkeys/presented-passkey.docs.js';
import { signedIn, TRANSPORT } from '../sign-in/sign-in.docs.js';
import { signInSchemas } from '../sign-in/sign-in.schemas.js';
import type { FactorView, TrustedDeviceView } from './factor-view.js';
import { FactorsController } from './factors.controller.js';
import { LoginMfaController } from './login-mfa.controller.js';
import type { LoginMfaDto } from './login-mfa.dto.js';

export const idOf = (what: string) =>
  ({ name: 'id', in: 'path', required: true, description: `The id of the ${what}.`, schema: UUID }) as const;

export const CODE = {
  type: 'string',
  examples: ['123456'],
  description: 'Six digits of an authenticator app.',
} as const;
export const TICKET = {
  type: ['string', 'null'],
  description: 'What the login returned. Default: its cookie, if there is one.',
} as const;
export const ENROLMENT_ERRORS = ['ACTION_TOKEN_INVALID', 'INVALID_CODE'] as const;

/** The description of `LoginMfaController`. */
export const loginMfaApi = describeController(LoginMfaController, {
  tag: 'auth',
  operations: {
    complete: {
      operationId: 'completeLogin',
      summary: 'Complete a login with a second factor',
      security: PUBLIC,
      parameters: [TRANSPORT],
      body: { schema: schemaRef('LoginMfaRequest'), required: true },
      answers: { 200: signedIn('The user and the tokens of the new session.') },
      errors: [
        ...CHANGE_ERRORS,
        ...LIMIT_ERRORS,
        ...ENROLMENT_ERRORS,
        'PASSKEY_REJECTED',
        'INVALID_CREDENTIALS',
        'FORBIDDEN',
      ],
    },
  },
  schemas: {
    ...signInSchemas,
    ...PRESENTED_PASSKEY,
    LoginMfaRequest: objectSchema<LoginMfaDto>(
      {
        mfaToken: TICKET,
        code: CODE,
        recoveryCode: TEXT,
        passkey: schemaRef('PresentedPasskey'),
        trustDevice: {
          type: ['boolean', 'null'],
          description: 'Whether no second factor is asked for on this device for some time.',
        },
      },
      ['mfaToken', 'code', 'recoveryCode', 'passkey', 'trustDevice'],
    ),
  },
});

/** The description of `FactorsController`. */
export const factorsApi = describeController(FactorsController, {
  tag: 'second factors',
  operations: {
    list: {
      operationId: 'listFactors',
      summary: 'List the second factors of the user',
      security: GUARDED,
      answers: { 200: { description: 'The oldest first.', schema: listOf(schemaRef('Factor')) } },
      errors: GUARD_ERRORS,
    },
    remove: {
      operationId: 'removeFactor',
      summary: 'Remove a second factor, and end all other sessions',
      security: GUARDED,
      parameters: [idOf('factor')],
      answers: { 204: { description: 'The factor has been removed.' } },
      errors: [...STEP_UP_ERRORS, ...CHANGE_ERRORS, 'NOT_FOUND', 'LAST_SIGN_IN_METHOD', 'RATE_LIMITED'],
    },
    renewCodes: {
      operationId: 'renewRecoveryCodes',
      summary: 'Replace the recovery codes, and end all other sessions',
      security: GUARDED,
      answers: {
        201: { description: 'The new codes, shown this once.', schema: schemaRef('RecoveryCodes') },
      },
      errors: [...STEP_UP_ERRORS, ...CHANGE_ERRORS, 'NOT_FOUND', 'RATE_LIMITED'],
    },
    listDevices: {
      operationId: 'listTrustedDevices',
      summary: 'List the devices on which the user needs no second factor',
      security: GUARDED,
      answers: {
        200: { description: 'Most recently used first.', schema: listOf(schemaRef('TrustedDevice')) },
      },
      errors: GUARD_ERRORS,
    },
    removeDevice: {
      operationId: 'removeTrustedDevice',
      summary: 'Ask for the second factor again on a device',
      security: GUARDED,
      parameters: [idOf('device')],
      answers: { 204: { description: 'The device is no longer trusted.' } },
      errors: [...GUARD_ERRORS, ...CHANGE_ERRORS, 'NOT_FOUND', 'RATE_LIMITED'],
    },
  },
  schemas: {
    Factor: objectSchema<FactorView>(
      {
        id: UUID,
        kind: { type: 'string', enum: ['totp', 'passkey', 'recovery-codes'] },
        name: TEXT_OR_NULL,
        createdAt: TIME,
        lastUsedAt: { ...TIME, type: ['string', 'null'] },
        synced: {
          type: 'boolean',
          description: 'Whether a passkey has been copied to other devices of the owner.',
        },
        suspended: {
          type: 'boolean',
          description: 'Whether a passkey can no longer be used, because a copy of it may exist.',
        },
        remaining: { type: 'integer', description: 'How many recovery codes are left.' },
      },
      ['synced', 'suspended', 'remaining'],
    ),
    RecoveryCodes: objectSchema<{ recoveryCodes: string[] }>({ recoveryCodes: TEXTS }),
    TrustedDevice: objectSchema<TrustedDeviceView>({
      id: UUID,
      createdAt: TIME,
      lastUsedAt: TIME,
      expiresAt: TIME,
      ip: TEXT_OR_NULL,
      userAgent: TEXT_OR_NULL,
      device: { type: ['string', 'null'], description: 'Meant for people.' },
    }),
  },
});
