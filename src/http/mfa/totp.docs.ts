import { describeController } from '../../openapi/description.js';
import { CHANGE_ERRORS, STEP_UP_ERRORS } from '../../openapi/errors.js';
import { objectSchema, schemaRef, TEXTS, UUID } from '../../openapi/schema.js';
import { type ApiSecurity, GUARDED } from '../../openapi/security.js';
import type { FactorAdded } from '../../mfa/factor-changes.js';
import type { NewAuthenticator } from '../../mfa/totp-enrolment.js';
import { CODE, ENROLMENT_ERRORS, idOf, TICKET } from './mfa.docs.js';
import { TotpController } from './totp.controller.js';
import type { ConfirmTotpDto, NewTotpDto } from './totp.dto.js';

/** An access token, or the ticket of a login. */
const ENROLS: ApiSecurity = [...GUARDED, {}];

const EMAIL_CODE = {
  type: ['string', 'null'],
  description: 'The code that was mailed, with the ticket of a login.',
} as const;

/** The description of `TotpController`. */
export const totpApi = describeController(TotpController, {
  tag: 'second factors',
  operations: {
    begin: {
      operationId: 'addTotp',
      summary: 'Make a secret for an authenticator app, to be confirmed within 15 minutes',
      security: ENROLS,
      body: { schema: schemaRef('NewTotpRequest'), required: false },
      answers: { 201: { description: 'The secret, shown this once.', schema: schemaRef('NewTotp') } },
      errors: [
        ...STEP_UP_ERRORS,
        ...CHANGE_ERRORS,
        ...ENROLMENT_ERRORS,
        'VALIDATION_FAILED',
        'FORBIDDEN',
        'RATE_LIMITED',
      ],
    },
    confirm: {
      operationId: 'confirmTotp',
      summary: 'Confirm an authenticator app with one of its codes',
      security: ENROLS,
      parameters: [idOf('authenticator app')],
      body: { schema: schemaRef('ConfirmTotpRequest'), required: true },
      answers: {
        200: {
          description:
            'The authenticator app is a second factor now. With the first one come recovery codes.',
          schema: schemaRef('FactorAdded'),
        },
      },
      errors: [
        ...STEP_UP_ERRORS,
        ...CHANGE_ERRORS,
        ...ENROLMENT_ERRORS,
        'VALIDATION_FAILED',
        'NOT_FOUND',
        'RATE_LIMITED',
      ],
    },
  },
  schemas: {
    NewTotpRequest: objectSchema<NewTotpDto>(
      { mfaToken: TICKET, emailCode: EMAIL_CODE, name: { type: ['string', 'null'], maxLength: 200 } },
      ['mfaToken', 'emailCode', 'name'],
    ),
    ConfirmTotpRequest: objectSchema<ConfirmTotpDto>(
      { mfaToken: TICKET, emailCode: EMAIL_CODE, code: CODE },
      ['mfaToken', 'emailCode'],
    ),
    NewTotp: objectSchema<NewAuthenticator>({
      id: UUID,
      secret: { type: 'string', description: 'In base32, to be typed in.' },
      otpauthUrl: { type: 'string', description: 'What authenticator apps read.' },
      qrSvg: { type: 'string', description: 'The same as a QR code, in SVG.' },
    }),
    FactorAdded: objectSchema<FactorAdded>({ recoveryCodes: TEXTS }, ['recoveryCodes']),
  },
});
