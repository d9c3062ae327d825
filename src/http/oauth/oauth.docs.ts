import type { AccessTokenPayload } from '../../tokens/token-types.js';
import { type ApiBody, type ApiOperation, describeController } from '../../openapi/description.js';
import { NOT_CACHED } from '../../openapi/headers.js';
import { EPOCH_SECONDS, objectSchema, schemaRef, TEXT, TEXTS, UUID } from '../../openapi/schema.js';
import { RESOURCE_SERVER } from '../../openapi/security.js';
import { OAuthController } from './oauth.controller.js';

const TOKEN_FORM: ApiBody = {
  schema: schemaRef('TokenRequest'),
  required: true,
  mediaType: 'application/x-www-form-urlencoded',
};

/** `errors` is for the words of the other endpoints. */
const ERRORS = {
  errors: [],
  oauthErrors: [400, 401, 413, 415, 429, 503],
} satisfies Partial<ApiOperation>;

interface TokenRequest {
  token: string;
  token_type_hint?: string;
  client_id?: string;
  client_secret?: string;
}

type Introspection = { active: boolean; token_type: string; scope?: string } & AccessTokenPayload;

/** The description of `OAuthController`. */
export const oauthApi = describeController(OAuthController, {
  tag: 'resource servers',
  operations: {
    introspect: {
      operationId: 'introspectToken',
      summary: 'Introspect an access token (RFC 7662)',
      security: RESOURCE_SERVER,
      body: TOKEN_FORM,
      answers: {
        200: {
          description: 'The claims of a live access token, or only `active: false` for anything else.',
          schema: schemaRef('IntrospectionResponse'),
          headers: NOT_CACHED,
        },
      },
      ...ERRORS,
    },
    revoke: {
      operationId: 'revokeToken',
      summary: 'Revoke a token (RFC 7009)',
      security: RESOURCE_SERVER,
      body: TOKEN_FORM,
      answers: { 200: { description: 'The token is no longer valid, or never was.' } },
      ...ERRORS,
    },
  },
  schemas: {
    TokenRequest: objectSchema<TokenRequest>(
      {
        token: TEXT,
        token_type_hint: { type: 'string', description: 'Accepted, but has no effect.' },
        client_id: {
          type: 'string',
          description: 'The id of the resource server, if it does not use HTTP Basic.',
        },
        client_secret: { type: 'string', description: 'Its secret, if it does not use HTTP Basic.' },
      },
      ['token_type_hint', 'client_id', 'client_secret'],
    ),
    IntrospectionResponse: {
      ...objectSchema<Introspection>({
        active: { type: 'boolean' },
        token_type: { type: 'string', enum: ['Bearer'] },
        type: { type: 'string', enum: ['access'] },
        client_id: { type: 'string', description: 'The `JWT_CLIENT_ID` of the service.' },
        scope: { type: 'string', description: 'The `JWT_SCOPE` of the service, if it is set.' },
        iss: TEXT,
        sub: { type: 'string', description: 'The id of the user.' },
        aud: { type: ['string', 'array'], items: TEXT },
        iat: EPOCH_SECONDS,
        exp: EPOCH_SECONDS,
        nbf: EPOCH_SECONDS,
        jti: UUID,
        sid: { ...UUID, description: 'The session the token belongs to.' },
        roles: TEXTS,
        permissions: TEXTS,
        auth_time: EPOCH_SECONDS,
        acr: { type: 'string', description: 'How strongly the user has authenticated.' },
        amr: TEXTS,
        session_began: { ...EPOCH_SECONDS, description: 'If `auth_time` does not say it.' },
      }),
      required: ['active'],
    },
  },
});
