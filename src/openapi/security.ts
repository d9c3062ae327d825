/** The ways in which a request may say who makes it. */
export type ApiCredential = 'accessToken' | 'accessCookie' | 'refreshCookie' | 'resourceServer';

/** The alternatives a route accepts, as OpenAPI's Security Requirement Objects; an empty one: no credential needed. */
export type ApiSecurity = readonly { readonly [Credential in ApiCredential]?: readonly never[] }[];

/** Anybody may call the route. */
export const PUBLIC: ApiSecurity = [];

/** An access token, in the `Authorization` header or in its cookie. */
export const GUARDED: ApiSecurity = [{ accessToken: [] }, { accessCookie: [] }];

/** A refresh token, in its cookie or in the body. */
export const REFRESH: ApiSecurity = [{ refreshCookie: [] }, {}];

/** Whatever token there is, also in the body. */
export const ANY_TOKEN: ApiSecurity = [{ refreshCookie: [] }, { accessToken: [] }, { accessCookie: [] }, {}];

/** A registered resource server. */
export const RESOURCE_SERVER: ApiSecurity = [{ resourceServer: [] }];

/** Whether a route requires an access token, so that `JwtAuthGuard` guards it. */
export const isGuarded = (security: ApiSecurity): boolean =>
  security.some((accepted) => 'accessCookie' in accepted) &&
  security.every((accepted) => Object.keys(accepted).length > 0);

/** OpenAPI's Security Scheme Objects; what the cookies are called depends on whether they are `Secure`. */
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
      description: 'The access token in the cookie that a login with `X-Auth-Transport: cookie` sets.',
    },
    refreshCookie: {
      type: 'apiKey',
      in: 'cookie',
      name: cookies.refresh,
      description: 'The refresh token in the cookie that a login with `X-Auth-Transport: cookie` sets.',
    },
    resourceServer: {
      type: 'http',
      scheme: 'basic',
      description: 'The id and the secret of a registered resource server.',
    },
  } as const satisfies Record<ApiCredential, object>;
}
