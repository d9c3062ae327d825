import type { AuthRequest } from '../../transports/auth-request.js';

/**
 * Returns the token of an `Authorization: Bearer` header (RFC 6750 §2.1); the scheme may be in any case. Everything
 * after the scheme counts as the token, so a token with anything appended is invalid. Returns `null` if there is no
 * header, no token, or another scheme.
 */
export function bearerToken(request: AuthRequest): string | null {
  const header = request.headers.authorization;
  if (!header) return null;
  const token = tokenIn(header);
  return token && isRepeated(request) ? AMBIGUOUS : token;
}

function tokenIn(header: string): string | null {
  // The usual spelling, without the cost of a regular expression.
  if (header.startsWith('Bearer ') && header.charAt(7) !== ' ') return header.slice(7) || null;
  const [, token] = /^bearer +(.*)$/i.exec(header) ?? [];
  return token || null;
}

const NAME = 'authorization';

/** Not a token, so it is rejected like any invalid token. */
const AMBIGUOUS = 'ambiguous';

/** Of two headers, Node keeps the first; a proxy in front of this app may have used the second. */
function isRepeated(request: AuthRequest): boolean {
  const headers = request.rawHeaders ?? request.raw?.rawHeaders ?? [];
  let count = 0;
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i]!;
    if (name.length === NAME.length && name.toLowerCase() === NAME) count += 1;
  }
  return count > 1;
}
