import { describeController } from '../../openapi/description.js';
import { CHANGE_ERRORS, LIMIT_ERRORS } from '../../openapi/errors.js';
import { objectSchema, schemaRef, TEXT } from '../../openapi/schema.js';
import { PUBLIC } from '../../openapi/security.js';
import type { ForgotPasswordDto } from './forgot-password.dto.js';
import { PasswordResetController } from './password-reset.controller.js';
import type { ResetPasswordDto } from './reset-password.dto.js';

/** The description of `PasswordResetController`. */
export const passwordResetApi = describeController(PasswordResetController, {
  tag: 'auth',
  operations: {
    forgot: {
      operationId: 'forgotPassword',
      summary: 'Mail a link with which to choose a new password',
      security: PUBLIC,
      body: { schema: schemaRef('ForgotPasswordRequest'), required: true },
      answers: { 202: { description: 'If there is such an account, its owner gets a mail.' } },
      errors: [...CHANGE_ERRORS, ...LIMIT_ERRORS],
    },
    reset: {
      operationId: 'resetPassword',
      summary: 'Choose a new password with a mailed link, and end all sessions',
      security: PUBLIC,
      body: { schema: schemaRef('ResetPasswordRequest'), required: true },
      answers: { 204: { description: 'The password has been replaced. Log in with it.' } },
      errors: [...CHANGE_ERRORS, ...LIMIT_ERRORS, 'ACTION_TOKEN_INVALID'],
    },
  },
  schemas: {
    ForgotPasswordRequest: objectSchema<ForgotPasswordDto>({
      email: { type: 'string', maxLength: 254, examples: ['ada@example.com'] },
    }),
    ResetPasswordRequest: objectSchema<ResetPasswordDto>({
      token: TEXT,
      newPassword: { type: 'string', maxLength: 256 },
    }),
  },
});
