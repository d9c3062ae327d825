import type { IncomingMessage, ServerResponse } from 'node:http';
import helmet, { type HelmetOptions } from 'helmet';

export type Headers = Record<string, string>;

const ONE_YEAR_SECONDS = 31_536_000;

const API_POLICY = { 'default-src': ["'none'"], 'frame-ancestors': ["'none'"] };

/** Allows Swagger UI's own files, its inline styles, and requests to this origin only. */
const DOCS_POLICY = {
  'default-src': ["'none'"],
  'script-src': ["'self'"],
  'style-src': ["'self'", "'unsafe-inline'"],
  'img-src': ["'self'", 'data:'],
  'font-src': ["'self'", 'data:'],
  'connect-src': ["'self'"],
  'base-uri': ["'none'"],
  'form-action': ["'none'"],
  'frame-ancestors': ["'none'"],
};

/**
 * Helmet's headers for API responses, which must not be cached unless the route allows it, and for the docs page.
 * `hsts` tells browsers to use only HTTPS for a year. Not for development, where it would make http://localhost
 * unusable.
 */
export function securityHeaders({ hsts }: { hsts: boolean }): { api: Headers; docs: Headers } {
  const headersWith = (directives: Record<string, string[]>) =>
    headersOf({
      contentSecurityPolicy: { useDefaults: false, directives },
      strictTransportSecurity: hsts && { maxAge: ONE_YEAR_SECONDS },
      xFrameOptions: { action: 'deny' },
    });
  return {
    api: { ...headersWith(API_POLICY), 'Cache-Control': 'no-store' },
    docs: headersWith(DOCS_POLICY),
  };
}

/**
 * Helmet always sets the same headers, so it is called once. They are also needed where there is no response object.
 */
function headersOf(options: HelmetOptions): Headers {
  const headers: Headers = {};
  const recorder = {
    setHeader: (name: string, value: string) => (headers[name] = value),
    removeHeader: () => undefined,
  };
  helmet(options)({} as IncomingMessage, recorder as unknown as ServerResponse, () => undefined);
  return headers;
}
