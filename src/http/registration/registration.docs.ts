import { describeController } from '../../openapi/description.js';
import { CHANGE_ERRORS, LIMIT_ERRORS } from '../../openapi/errors.js';
import { objectSchema, schemaRef, TEXT } from '../../openapi/schema.js';
import { PUBLIC } from '../../openapi/security.js';
import { signedIn, TRANSPORT } from '../sign-in/sign-in.docs.js';
import { signInSchemas } from '../sign-in/sign-in.schemas.js';
import type { ConfirmRegistrationDto } from './confirm-registration.dto.js';
import { RegistrationController } from './registration.controller.js';

const { RegisterRequest, AuthResponse, User } = signInSchemas;

/** The description of `RegistrationController`. */
export const registrationApi = describeController(RegistrationController, {
  tag: 'auth',
  operations: {
    begin: {
      operationId: 'beginRegistration',
      summary: 'Mail a link with which to complete the registration',
      security: PUBLIC,
      body: { schema: schemaRef('RegisterRequest'), required: true },
      answers: { 202: { description: 'A mail will come. There is no account yet.' } },
      errors: [...CHANGE_ERRORS, ...LIMIT_ERRORS],
    },
    confirm: {
      operationId: 'confirmRegistration',
      summary: 'Create the account with a mailed link, and start its first session',
      security: PUBLIC,
      parameters: [TRANSPORT],
      body: { schema: schemaRef('ConfirmRegistrationRequest'), required: true },
      answers: { 201: signedIn('The new account and the tokens of its first session.') },
      errors: [...CHANGE_ERRORS, ...LIMIT_ERRORS, 'ACTION_TOKEN_INVALID', 'INVALID_CREDENTIALS'],
    },
  },
  schemas: {
    RegisterRequest: RegisterRequest!,
    AuthResponse: AuthResponse!,
    User: User!,
    ConfirmRegistrationRequest: objectSchema<ConfirmRegistrationDto>({ token: TEXT, password: TEXT }, [
      'password',
    ]),
  },
});
