import type { AuthRequest } from './auth-request.js';

/** How tokens reach the client: in the JSON body, or in `HttpOnly` cookies only. */
export type TokenTransport = 'body' | 'cookie';

/** What a login or registration asks for with `X-Auth-Transport`; the body unless it says `cookie`. */
export function requestedTransport(request: AuthRequest): TokenTransport {
  return request.headers['x-auth-transport'] === 'cookie' ? 'cookie' : 'body';
}
