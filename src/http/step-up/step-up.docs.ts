import { describeController } from '../../openapi/description.js';
import { CHANGE_ERRORS, GUARD_ERRORS } from '../../openapi/errors.js';
import { objectSchema, schemaRef, TEXT } from '../../openapi/schema.js';
import { GUARDED } from '../../openapi/security.js';
import { PRESENTED_PASSKEY } from '../passkeys/presented-passkey.docs.js';
import { StepUpController } from './step-up.controller.js';
import type { StepUpDto } from './step-up.dto.js';

/** The description of `StepUpController`. */
export const stepUpApi = describeController(StepUpController, {
  tag: 'auth',
  operations: {
    stepUp: {
      operationId: 'stepUp',
      summary: 'Authenticate again within the session',
      security: GUARDED,
      body: { schema: schemaRef('StepUpRequest'), required: true },
      answers: {
        200: {
          description:
            'The user and a new access token of the same session, delivered as the old one was sent. The refresh token stays the same.',
          schema: schemaRef('AuthResponse'),
          headers: {
            'Set-Cookie': { description: 'The access token, if the old one was in a cookie.', schema: TEXT },
          },
        },
      },
      errors: [
        ...CHANGE_ERRORS,
        'VALIDATION_FAILED',
        ...GUARD_ERRORS,
        'INVALID_CREDENTIALS',
        'INVALID_CODE',
        'PASSKEY_REJECTED',
        'RATE_LIMITED',
      ],
    },
  },
  schemas: {
    ...PRESENTED_PASSKEY,
    StepUpRequest: objectSchema<StepUpDto>(
      {
        password: {
          type: 'string',
          description: 'The password, or one of the others with the option `mfa`.',
        },
        code: { type: 'string', description: 'Six digits of an authenticator app.' },
        recoveryCode: TEXT,
        passkey: schemaRef('PresentedPasskey'),
      },
      ['password', 'code', 'recoveryCode', 'passkey'],
    ),
  },
});
