import { ValidationFailedError } from '../errors/auth-errors.js';
import type { PasswordContext, PasswordPolicy } from '../users/password-policy.js';

/**
 * Judges a password that somebody chose.
 * @param field where it stands in the request
 * @throws ValidationFailedError with what is wrong with the field
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
