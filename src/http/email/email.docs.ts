import { describeController } from '../../openapi/description.js';
import { CHANGE_ERRORS, GUARD_ERRORS, LIMIT_ERRORS, STEP_UP_ERRORS } from '../../openapi/errors.js';
import { objectSchema, schemaRef, TEXT } from '../../openapi/schema.js';
import { GUARDED, PUBLIC } from '../../openapi/security.js';
import type { ActionTokenDto } from '../shared/action-token.dto.js';
import type { ChangeEmailDto } from './change-email.dto.js';
import { EmailController } from './email.controller.js';

/** A route that a mailed link leads to. */
export const byLink = (operationId: string, summary: string, description: string) =>
  ({
    operationId,
    summary,
    security: PUBLIC,
    body: { schema: schemaRef('ActionTokenRequest'), required: true },
    answers: { 204: { description } },
    errors: [...CHANGE_ERRORS, ...LIMIT_ERRORS, 'ACTION_TOKEN_INVALID'],
  }) as const;

export const ACTION_TOKEN_SCHEMA = {
  ActionTokenRequest: objectSchema<ActionTokenDto>({
    token: { type: 'string', description: 'What the mailed link has after `#t=`.' },
  }),
};

/** The description of `EmailController`. */
export const emailApi = describeController(EmailController, {
  tag: 'auth',
  operations: {
    verify: byLink('verifyEmail', 'Prove the address with a mailed link', 'The address is proven.'),
    resend: {
      operationId: 'resendVerification',
      summary: 'Mail the link that proves the address again',
      security: GUARDED,
      answers: { 202: { description: 'Unless the address is proven, a mail will come.' } },
      errors: [...CHANGE_ERRORS, ...GUARD_ERRORS, 'RATE_LIMITED'],
    },
    change: {
      operationId: 'changeEmail',
      summary: 'Ask for another address, which must be proven first',
      security: GUARDED,
      body: { schema: schemaRef('ChangeEmailRequest'), required: true },
      answers: { 202: { description: 'If the address can be used, a mail will come to it.' } },
      errors: [...CHANGE_ERRORS, 'VALIDATION_FAILED', ...STEP_UP_ERRORS, 'RATE_LIMITED'],
    },
    confirm: byLink(
      'confirmEmail',
      'Confirm the new address with a mailed link',
      'The address has been replaced.',
    ),
    undo: byLink(
      'undoEmailChange',
      'Restore the old address, end all sessions, and turn the password off until it is reset',
      'The old address is back.',
    ),
  },
  schemas: {
    ...ACTION_TOKEN_SCHEMA,
    ChangeEmailRequest: objectSchema<ChangeEmailDto>({ newEmail: TEXT }),
  },
});
