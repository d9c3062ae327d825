import { describeController } from '../../openapi/description.js';
import { CHANGE_ERRORS, GUARD_ERRORS } from '../../openapi/errors.js';
import { SETS_DEVICE } from '../../openapi/headers.js';
import { objectSchema, schemaRef, TEXT } from '../../openapi/schema.js';
import { GUARDED } from '../../openapi/security.js';
import type { ChangePasswordDto } from './change-password.dto.js';
import { PasswordController } from './password.controller.js';

/** The description of `PasswordController`. */
export const passwordApi = describeController(PasswordController, {
  tag: 'auth',
  operations: {
    changePassword: {
      operationId: 'changePassword',
      summary: 'Change the password and end all other sessions',
      security: GUARDED,
      body: { schema: schemaRef('ChangePasswordRequest'), required: true },
      answers: { 204: { description: 'The password has been changed.', headers: SETS_DEVICE } },
      errors: [...CHANGE_ERRORS, 'VALIDATION_FAILED', ...GUARD_ERRORS, 'INVALID_CREDENTIALS', 'RATE_LIMITED'],
    },
  },
  schemas: {
    ChangePasswordRequest: objectSchema<ChangePasswordDto>({
      currentPassword: TEXT,
      newPassword: { type: 'string', maxLength: 256 },
    }),
  },
});
