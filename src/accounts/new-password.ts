import { ValidationFailedError } from '../errors/auth-errors.js';
import type { PasswordContext, PasswordPolicy } from '../users/password-policy.js';

/**
 * Checks a password that a user has chosen.
 * @param field the name of the password's field in the request
 * @throws ValidationFailedError with the problem of the field
 */
export function assertAllowed(
  policy: PasswordPolicy,
  field: string,
  password: string,
  context: PasswordContext,
): void {
  const problem = policy.problem(password, context);
  if (problem) throw invalid(field, problem);
}

export function invalid(field: string, message: string): ValidationFailedError {
  return new ValidationFailedError({ details: [{ field, message }] });
}
