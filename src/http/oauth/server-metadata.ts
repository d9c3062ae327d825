import type { EndpointPlan } from '../shared/endpoint-plan.js';
import type { AuthenticationLevel } from '../../sessions/authentication.js';
import { CLIENT_AUTH_METHODS } from './client-credentials.js';

/** What the metadata depends on. */
export interface MetadataSource {
  issuer: string;
  /** The address of the service, without a slash at its end. */
  base: string;
  /** Where the endpoints are; those that do not exist are not named. */
  plan: EndpointPlan;
  /** The scopes that tokens carry. */
  scopes: readonly string[];
  /** The values of `acr` that can be earned here. */
  acrValues: readonly AuthenticationLevel[];
}

/**
 * RFC 8414 §2. Users log in at `POST /auth/login`, so there is no authorization endpoint, no token endpoint and no grant
 * type. Members without a value are left out.
 */
export interface ServerMetadata {
  issuer: string;
  jwks_uri?: string;
  introspection_endpoint?: string;
  introspection_endpoint_auth_methods_supported?: readonly string[];
  revocation_endpoint?: string;
  revocation_endpoint_auth_methods_supported?: readonly string[];
  scopes_supported?: readonly string[];
  /** RFC 9470 §7. */
  acr_values_supported: readonly string[];
}

/** RFC 9728 §2. */
export interface ResourceMetadata {
  resource: string;
  authorization_servers?: readonly string[];
  jwks_uri?: string;
  bearer_methods_supported: readonly string[];
  scopes_supported?: readonly string[];
}

export function serverMetadata({ issuer, base, plan, scopes, acrValues }: MetadataSource): ServerMetadata {
  return {
    issuer,
    ...jwksOf(base, plan),
    ...(!plan.off.has('introspectToken') && {
      introspection_endpoint: `${base}/${plan.paths.oauth}/introspect`,
      introspection_endpoint_auth_methods_supported: CLIENT_AUTH_METHODS,
    }),
    ...(!plan.off.has('revokeToken') && {
      revocation_endpoint: `${base}/${plan.paths.oauth}/revoke`,
      revocation_endpoint_auth_methods_supported: CLIENT_AUTH_METHODS,
    }),
    ...supported(scopes),
    acr_values_supported: acrValues,
  };
}

/** The service as a resource server for its own tokens. Its issuer is named only if others can look it up. */
export function resourceMetadata({ issuer, base, plan, scopes }: MetadataSource): ResourceMetadata {
  return {
    resource: base,
    ...(/^https?:\/\//i.test(issuer) && { authorization_servers: [issuer] }),
    ...jwksOf(base, plan),
    bearer_methods_supported: ['header'],
    ...supported(scopes),
  };
}

function jwksOf(base: string, { paths, off }: EndpointPlan) {
  return off.has('getJwks') ? {} : { jwks_uri: `${base}/${paths.wellKnown}/jwks.json` };
}

/** An empty list must be left out (RFC 8414 §3.2). */
function supported(scopes: readonly string[]) {
  return scopes.length > 0 ? { scopes_supported: scopes } : {};
}
