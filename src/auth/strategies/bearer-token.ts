import type { AuthRequest } from '../auth-request.js';

/**
 * The credentials of an `Authorization: Bearer` header (RFC 6750 §2.1), the scheme in any case. All that follows the
 * scheme is the token, so one with anything attached to it is not valid. `null` for no header, no token, another scheme.
 */
export function bearerToken(request: AuthRequest): string | null {
  const header = request.headers.authorization;
  if (!header) return null;
  // The way nearly all write it, without the cost of a regular expression.
  if (header.startsWith('Bearer ') && header.charAt(7) !== ' ') return header.slice(7) || null;
  const [, token] = /^bearer +(.*)$/i.exec(header) ?? [];
  return token || null;
}
