import type { AuthRequest } from '../auth-request.js';

/**
 * The credentials of an `Authorization: Bearer` header (RFC 6750 §2.1), the scheme in any case. All that follows the
 * scheme is the token, so one with anything attached to it is not valid. `null` for no header, no token, another scheme.
 */
export function bearerToken(request: AuthRequest): string | null {
  const [, token] = /^bearer +(.*)$/i.exec(request.headers.authorization ?? '') ?? [];
  if (token && isRepeated(request)) return AMBIGUOUS;
  return token || null;
}

/** No token, so that it is refused like one that is not valid. */
const AMBIGUOUS = 'ambiguous';

/** Of two headers Node keeps the first; what stands before this app may have looked at the second. */
function isRepeated(request: AuthRequest): boolean {
  const headers = request.rawHeaders ?? request.raw?.rawHeaders ?? [];
  const names = headers.filter((name, i) => i % 2 === 0 && name.toLowerCase() === 'authorization');
  return names.length > 1;
}
