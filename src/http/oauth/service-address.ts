import { LOOPBACK } from '../../options/issuer.options.js';
import type { AuthRequest } from '../../transports/auth-request.js';

/**
 * The address that follows from a request, for a host that has configured none: the host name and the global prefix.
 * Always https except on this machine, because the request does not say whether a proxy has received it over TLS.
 * @param folder the folder of all metadata (RFC 8615 §3)
 */
export function requestedAddress(request: AuthRequest, folder: string): string {
  const host = /^[\w.:[\]-]+$/.test(request.headers.host ?? '') ? request.headers.host! : 'localhost';
  const scheme = LOOPBACK.has(host.toLowerCase().replace(/:\d+$/, '')) ? 'http' : 'https';
  const [prefix = ''] = pathOf(request).split(`/${folder}/`);
  return `${scheme}://${host}${/^[\w./-]*$/.test(prefix) ? prefix : ''}`;
}

/** What follows the name of a metadata document: `/a/b` in `/.well-known/oauth-authorization-server/a/b`. */
export function requestedPath(request: AuthRequest, folder: string): string {
  const document = pathOf(request).split(`/${folder}/`)[1] ?? '';
  const slash = document.indexOf('/');
  return slash < 0 ? '' : document.slice(slash);
}

/** The path of a URL as it follows the name of a document: without a slash at its end (RFC 8414 §3.1). */
export function pathOfAddress(address: string): string {
  return URL.canParse(address) ? new URL(address).pathname.replace(/\/+$/, '') : '';
}

function pathOf({ originalUrl, url = '' }: AuthRequest): string {
  return (originalUrl ?? url).split('?', 1)[0]!;
}
