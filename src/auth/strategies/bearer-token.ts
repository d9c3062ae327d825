import type { AuthRequest } from '../auth-request.js';

/**
 * The credentials of an `Authorization: Bearer` header (RFC 6750 §2.1), the scheme in any case. All that follows the
 * scheme is the token, so one with anything attached to it is not valid. `null` for no header, no token, another scheme.
 */
export function bearerToken(request: AuthRequest): string | null {
  const [, token] = /^bearer +(.*)$/i.exec(request.headers.authorization ?? '') ?? [];
  return token || null;
}
