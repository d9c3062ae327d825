import { FINAL_CODES } from '../../client/final-codes.js';
import { AuthError, type AuthErrorCode } from '../../errors/auth-error.js';

const FINAL = new Set<string>(FINAL_CODES satisfies readonly AuthErrorCode[]);

/** A refresh that fails like this will never succeed; any other failure is worth a retry with the same cookie. */
export function failsForGood(error: unknown): boolean {
  return error instanceof AuthError && FINAL.has(error.code);
}
