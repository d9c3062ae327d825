import { describeController } from '../../openapi/description.js';
import { CHANGE_ERRORS, GUARD_ERRORS, STEP_UP_ERRORS } from '../../openapi/errors.js';
import { CLEARS_COOKIES } from '../../openapi/headers.js';
import { objectSchema, schemaRef } from '../../openapi/schema.js';
import { GUARDED } from '../../openapi/security.js';
import { ACTION_TOKEN_SCHEMA, byLink } from '../email/email.docs.js';
import { signInSchemas } from '../sign-in/sign-in.schemas.js';
import { AccountController } from './account.controller.js';
import type { ChangeNameDto } from './change-name.dto.js';

const { UserResponse, User } = signInSchemas;

/** The description of `AccountController`. */
export const accountApi = describeController(AccountController, {
  tag: 'auth',
  operations: {
    changeName: {
      operationId: 'changeName',
      summary: 'Change the display name',
      security: GUARDED,
      body: { schema: schemaRef('ChangeNameRequest'), required: true },
      answers: { 200: { description: 'The user.', schema: schemaRef('UserResponse') } },
      errors: [...CHANGE_ERRORS, 'VALIDATION_FAILED', ...GUARD_ERRORS, 'RATE_LIMITED'],
    },
    close: {
      operationId: 'closeAccount',
      summary: 'Close the account: it is deleted after two weeks',
      security: GUARDED,
      answers: { 202: { description: 'The account is closed.', headers: CLEARS_COOKIES } },
      errors: [...STEP_UP_ERRORS, ...CHANGE_ERRORS, 'RATE_LIMITED'],
    },
    restore: byLink(
      'restoreAccount',
      'Reopen a closed account with a mailed link',
      'The account is open again.',
    ),
    exportData: {
      operationId: 'exportAccount',
      summary: 'Get everything that is kept about the user',
      security: GUARDED,
      answers: {
        200: {
          description: 'No hashes and no secrets.',
          schema: { type: 'object', additionalProperties: true },
        },
      },
      errors: [...STEP_UP_ERRORS, 'RATE_LIMITED'],
    },
  },
  schemas: {
    ...ACTION_TOKEN_SCHEMA,
    UserResponse: UserResponse!,
    User: User!,
    ChangeNameRequest: objectSchema<ChangeNameDto>({ name: { type: ['string', 'null'], maxLength: 200 } }),
  },
});
