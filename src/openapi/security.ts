/** The credentials with which a request may authenticate. */
export type ApiCredential = 'accessToken' | 'accessCookie' | 'refreshCookie' | 'resourceServer';

/**
 * The alternative credentials that a route accepts, as OpenAPI Security Requirement Objects. An empty object: no
 * credential is required.
 */
export type ApiSecurity = readonly { readonly [Credential in ApiCredential]?: readonly never[] }[];

/** Anyone may call the route. */
export const PUBLIC: ApiSecurity = [];

/** An access token in the `Authorization` header or in its cookie. */
export const GUARDED: ApiSecurity = [{ accessToken: [] }, { accessCookie: [] }];

/** A refresh token in its cookie or in the body. */
export const REFRESH: ApiSecurity = [{ refreshCookie: [] }, {}];

/** Any token, including a refresh token in the body. */
export const ANY_TOKEN: ApiSecurity = [{ refreshCookie: [] }, { accessToken: [] }, { accessCookie: [] }, {}];

/** A registered resource server, by HTTP Basic or with its id and secret in the form. */
export const RESOURCE_SERVER: ApiSecurity = [{ resourceServer: [] }, {}];

/** Whether `JwtAuthGuard` guards the route, which then requires an access token. */
export const isGuarded = (security: ApiSecurity): boolean =>
  security.some((accepted) => 'accessCookie' in accepted) &&
  security.every((accepted) => Object.keys(accepted).length > 0);

/** Returns OpenAPI Security Scheme Objects. The names of the cookies depend on whether they are `Secure`. */
export function securitySchemes(cookies: { access: string; refresh: string }) {
  return {
    accessToken: {
      type: 'http',
      scheme: 'bearer',
      bearerFormat: 'JWT',
      description: 'The access token of a session.',
    },
    accessCookie: {
      type: 'apiKey',
      in: 'cookie',
      name: cookies.access,
      description: 'The access token in the cookie that is set by a login with `X-Auth-Transport: cookie`.',
    },
    refreshCookie: {
      type: 'apiKey',
      in: 'cookie',
      name: cookies.refresh,
      description: 'The refresh token in the cookie that is set by a login with `X-Auth-Transport: cookie`.',
    },
    resourceServer: {
      type: 'http',
      scheme: 'basic',
      description: 'The id and secret of a registered resource server.',
    },
  } as const satisfies Record<ApiCredential, object>;
}
