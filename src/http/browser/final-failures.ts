import { AuthError } from '../../errors/auth-error.js';

const FINAL = new Set<string>([
  'INVALID_REFRESH_TOKEN',
  'REFRESH_TOKEN_EXPIRED',
  'REFRESH_TOKEN_REUSED',
  'TOKEN_REVOKED',
]);

/** A refresh that fails like this will never succeed; any other failure is worth a retry with the same cookie. */
export function failsForGood(error: unknown): boolean {
  return error instanceof AuthError && FINAL.has(error.code);
}
