import type { AccessTokenPayload } from '../../tokens/token-types.js';
import { type ApiBody, type ApiOperation, describeController } from '../../openapi/description.js';
import { BODY_ERRORS } from '../../openapi/errors.js';
import { EPOCH_SECONDS, objectSchema, schemaRef, TEXT, TEXTS, UUID } from '../../openapi/schema.js';
import { RESOURCE_SERVER } from '../../openapi/security.js';
import { OAuthController } from './oauth.controller.js';

const TOKEN_FORM: ApiBody = {
  schema: schemaRef('TokenRequest'),
  required: true,
  mediaType: 'application/x-www-form-urlencoded',
};

const ERRORS: ApiOperation['errors'] = [
  ...BODY_ERRORS,
  'VALIDATION_FAILED',
  'INVALID_CREDENTIALS',
  'UNAVAILABLE',
];

type Introspection = { active: boolean; token_type: string; scope?: string } & AccessTokenPayload;

/** The description of `OAuthController`. */
export const oauthApi = describeController(OAuthController, {
  tag: 'resource servers',
  operations: {
    introspect: {
      operationId: 'introspectToken',
      summary: 'Introspect a token (RFC 7662)',
      security: RESOURCE_SERVER,
      body: TOKEN_FORM,
      answers: {
        200: {
          description: 'The claims of the token, or only `active: false` if it is not valid.',
          schema: schemaRef('IntrospectionResponse'),
        },
      },
      errors: ERRORS,
    },
    revoke: {
      operationId: 'revokeToken',
      summary: 'Revoke a token (RFC 7009)',
      security: RESOURCE_SERVER,
      body: TOKEN_FORM,
      answers: { 200: { description: 'The token is no longer valid, or never was.' } },
      errors: ERRORS,
    },
  },
  schemas: {
    TokenRequest: objectSchema<{ token: string; token_type_hint?: string }>(
      { token: TEXT, token_type_hint: { type: 'string', description: 'Accepted, but has no effect.' } },
      ['token_type_hint'],
    ),
    IntrospectionResponse: {
      ...objectSchema<Introspection>({
        active: { type: 'boolean' },
        token_type: { type: 'string', examples: ['Bearer'] },
        type: { type: 'string', enum: ['access', 'refresh'] },
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
      }),
      required: ['active'],
    },
  },
});
