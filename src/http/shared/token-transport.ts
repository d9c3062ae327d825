import type { AuthRequest } from '../../transports/auth-request.js';

/** How tokens reach the client: in the JSON body, or in `HttpOnly` cookies only. */
export type TokenTransport = 'body' | 'cookie';

/** Returns the transport that a login or registration requests with `X-Auth-Transport`; `body` by default. */
export function requestedTransport(request: AuthRequest): TokenTransport {
  return request.headers['x-auth-transport'] === 'cookie' ? 'cookie' : 'body';
}
