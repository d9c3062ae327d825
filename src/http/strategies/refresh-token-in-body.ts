import { ValidationFailedError } from '../../errors/auth-errors.js';
import type { AuthRequest } from '../../transports/auth-request.js';

/** @throws ValidationFailedError when `refreshToken` is present but not a string */
export function refreshTokenInBody({ body }: AuthRequest): string | undefined {
  const token = (body as { refreshToken?: unknown } | undefined | null)?.refreshToken ?? undefined;
  if (token === undefined || typeof token === 'string') return token;
  throw new ValidationFailedError({
    details: [{ field: 'refreshToken', message: 'refreshToken must be a string' }],
  });
}
