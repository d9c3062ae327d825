import type { AuthRequest } from '../shared/auth-request.js';

/**
 * The credentials of an `Authorization: Bearer` header (RFC 6750 §2.1), the scheme in any case. All that follows the
 * scheme is the token, so one with anything attached to it is not valid. `null` for no header, no token, another scheme.
 */
export function bearerToken(request: AuthRequest): string | null {
  const header = request.headers.authorization;
  if (!header) return null;
  const token = tokenIn(header);
  return token && isRepeated(request) ? AMBIGUOUS : token;
}

function tokenIn(header: string): string | null {
  // The way nearly all write it, without the cost of a regular expression.
  if (header.startsWith('Bearer ') && header.charAt(7) !== ' ') return header.slice(7) || null;
  const [, token] = /^bearer +(.*)$/i.exec(header) ?? [];
  return token || null;
}

const NAME = 'authorization';

/** No token, so that it is refused like one that is not valid. */
const AMBIGUOUS = 'ambiguous';

/** Of two headers Node keeps the first; what stands before this app may have looked at the second. */
function isRepeated(request: AuthRequest): boolean {
  const headers = request.rawHeaders ?? request.raw?.rawHeaders ?? [];
  let count = 0;
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i]!;
    if (name.length === NAME.length && name.toLowerCase() === NAME) count += 1;
  }
  return count > 1;
}
