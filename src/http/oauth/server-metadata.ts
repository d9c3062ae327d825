import type { AuthRequest } from '../shared/auth-request.js';

/**
 * RFC 8414 §2. Set the issuer to the URL that clients use: every URL here then begins with it. If the issuer is not a
 * URL, like the default one, they begin with the origin of the request.
 */
export function serverMetadata(issuer: string, request: AuthRequest) {
  const base = /^https?:\/\//.test(issuer) ? issuer.replace(/\/$/, '') : requestOrigin(request);
  const byClient = ['client_secret_basic'];
  return {
    issuer,
    jwks_uri: `${base}/.well-known/jwks.json`,
    introspection_endpoint: `${base}/oauth/introspect`,
    introspection_endpoint_auth_methods_supported: byClient,
    revocation_endpoint: `${base}/oauth/revoke`,
    revocation_endpoint_auth_methods_supported: byClient,
    // Users log in at POST /auth/login: none of OAuth's grant types is offered.
    response_types_supported: [],
    grant_types_supported: [],
  };
}

function requestOrigin({ headers, protocol }: AuthRequest): string {
  const host = /^[\w.:[\]-]+$/.test(headers.host ?? '') ? headers.host : 'localhost';
  return `${protocol ?? 'http'}://${host}`;
}
