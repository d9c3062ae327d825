import type { AuthRequest } from './auth-request.js';

/**
 * Makes what the guards read of the request that opened a socket.
 * @param token what the client sent as its token when it connected, outside of the headers: it takes precedence
 */
export function handshake(opened: AuthRequest | undefined, token: unknown): AuthRequest {
  const { headers = {}, raw, socket, ip } = opened ?? {};
  const explicit = token === undefined || token === null || token === '' ? undefined : authorization(token);
  return {
    // Browsers let any page open a socket with the cookies of the user (RFC 6455 §10.2). Without a method, the CSRF check
    // treats the request as one that changes something.
    method: undefined,
    headers: explicit === undefined ? headers : { ...headers, authorization: explicit },
    rawHeaders: explicit === undefined ? (opened?.rawHeaders ?? raw?.rawHeaders) : undefined,
    socket: socket ?? raw?.socket,
    ip,
  };
}

/** Clients send the token with or without the scheme. What is not text is not a valid token. */
function authorization(token: unknown): string {
  if (typeof token !== 'string') return 'Bearer not-a-text';
  return /^bearer /i.test(token) ? token : `Bearer ${token}`;
}
