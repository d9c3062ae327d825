import { describeController } from '../../openapi/description.js';
import { ADDRESS, objectSchema, TEXTS } from '../../openapi/schema.js';
import { PUBLIC } from '../../openapi/security.js';
import { PasskeyWellKnownController } from './passkey-well-known.controller.js';

/** The description of `PasskeyWellKnownController`. */
export const passkeyWellKnownApi = describeController(PasskeyWellKnownController, {
  tag: 'auth',
  operations: {
    relatedOrigins: {
      operationId: 'getRelatedOrigins',
      summary: 'Get the origins that may use the passkeys of this domain',
      security: PUBLIC,
      answers: {
        200: {
          description: 'As browsers expect them.',
          schema: objectSchema<{ origins: string[] }>({ origins: TEXTS }),
        },
      },
      errors: [],
    },
    endpoints: {
      operationId: 'getPasskeyEndpoints',
      summary: 'Get the pages where people add and manage passkeys',
      security: PUBLIC,
      answers: {
        200: {
          description: 'As password managers expect them.',
          schema: objectSchema<{ enroll: string; manage: string }>({ enroll: ADDRESS, manage: ADDRESS }),
        },
      },
      errors: ['NOT_FOUND'],
    },
    changePassword: {
      operationId: 'changePasswordAddress',
      summary: 'Go to the page where people change their password',
      security: PUBLIC,
      answers: { 302: { description: 'The page is in the header `Location`.' } },
      errors: ['NOT_FOUND'],
    },
  },
});
