import type { AuthRequest } from '../../transports/auth-request.js';

/**
 * The request that a proxy asks about, as far as the CSRF check needs it. Its method is `GET` where it is known to be
 * harmless, otherwise `POST`. Its host is the one that the adapter reports, from `X-Forwarded-Host` if it trusts the
 * proxy. `Sec-Fetch-Site: none` is left out: the user started that request, so only an `Origin` could be foreign.
 */
export function originalRequest(request: AuthRequest): AuthRequest {
  const { headers, rawHeaders, raw } = request;
  const host = request.host ?? headers[':authority'] ?? headers.host;
  const site = headers['sec-fetch-site'];
  return {
    method: isHarmless(headers) ? 'GET' : 'POST',
    headers: {
      ...headers,
      ':authority': undefined,
      host: [host].flat()[0],
      'sec-fetch-site': site === 'none' ? undefined : site,
    },
    rawHeaders,
    raw,
  };
}

/** Traefik and Caddy send the first one; nginx and HAProxy send the second one as configured in our guide. */
const METHOD_HEADERS = ['x-forwarded-method', 'x-original-method'];
const SAFE = new Set<unknown>(['GET', 'HEAD', 'OPTIONS']);

/**
 * Both headers count, because a client may have sent the one that its proxy does not replace. A WebSocket handshake is a
 * GET too, but browsers let any page make one.
 */
function isHarmless(headers: AuthRequest['headers']): boolean {
  const methods = METHOD_HEADERS.map((name) => headers[name]).filter((method) => method !== undefined);
  const opensSocket = headers['sec-websocket-key'] !== undefined || headers.upgrade !== undefined;
  return methods.length > 0 && methods.every((method) => SAFE.has(method)) && !opensSocket;
}
