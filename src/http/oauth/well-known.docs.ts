import { type ApiAnswer, type ApiParameter, describeController } from '../../openapi/description.js';
import { CACHEABLE } from '../../openapi/headers.js';
import { ADDRESS, listOf, objectSchema, schemaRef, TEXT, TEXTS } from '../../openapi/schema.js';
import { PUBLIC } from '../../openapi/security.js';
import type { ResourceMetadata, ServerMetadata } from './server-metadata.js';
import { WellKnownController } from './well-known.controller.js';

const IF_NONE_MATCH: ApiParameter = {
  name: 'If-None-Match',
  in: 'header',
  description: 'The `ETag` of an earlier response.',
  schema: TEXT,
};

const PATH: ApiParameter = {
  name: 'path',
  in: 'path',
  required: true,
  description: 'The path of the issuer, or of the service; nothing else.',
  schema: TEXT,
};

const cacheable = (description: string, name: string): Record<number, ApiAnswer> => ({
  200: { description, schema: schemaRef(name), headers: CACHEABLE },
  304: { description: 'The content has not changed.', headers: CACHEABLE },
});

/** A public key (RFC 7517 §4). Its other members depend on `kty`. */
interface Jwk {
  kty: string;
  kid: string;
  alg: string;
  use: string;
}

/** The description of `WellKnownController`. */
export const wellKnownApi = describeController(WellKnownController, {
  tag: 'resource servers',
  operations: {
    jwks: {
      operationId: 'getJwks',
      summary: 'Get the public keys that verify access tokens (RFC 7517)',
      security: PUBLIC,
      parameters: [IF_NONE_MATCH],
      answers: cacheable('The keys, or an empty list if tokens are signed with a shared secret.', 'Jwks'),
      errors: [],
    },
    metadata: {
      operationId: 'getServerMetadata',
      summary: 'Get the metadata for resource servers (RFC 8414)',
      security: PUBLIC,
      parameters: [IF_NONE_MATCH],
      answers: cacheable('The metadata.', 'ServerMetadata'),
      errors: [],
    },
    metadataOfPath: {
      operationId: 'getServerMetadataOfPath',
      summary: 'Get the metadata for resource servers, for an issuer with a path (RFC 8414 §3.1)',
      security: PUBLIC,
      parameters: [PATH, IF_NONE_MATCH],
      answers: cacheable('The metadata.', 'ServerMetadata'),
      errors: ['NOT_FOUND'],
    },
    openIdConfiguration: {
      operationId: 'getOpenIdConfiguration',
      summary: 'Get the metadata for resource servers that look for OpenID Connect only',
      security: PUBLIC,
      parameters: [IF_NONE_MATCH],
      answers: cacheable('The metadata.', 'ServerMetadata'),
      errors: [],
    },
    openIdConfigurationOfPath: {
      operationId: 'getOpenIdConfigurationOfPath',
      summary:
        'Get the metadata for resource servers that look for OpenID Connect only, for an issuer with a path',
      security: PUBLIC,
      parameters: [PATH, IF_NONE_MATCH],
      answers: cacheable('The metadata.', 'ServerMetadata'),
      errors: ['NOT_FOUND'],
    },
    resource: {
      operationId: 'getResourceMetadata',
      summary: 'Get the metadata of this service as a resource (RFC 9728)',
      security: PUBLIC,
      parameters: [IF_NONE_MATCH],
      answers: cacheable('The metadata.', 'ResourceMetadata'),
      errors: [],
    },
    resourceOfPath: {
      operationId: 'getResourceMetadataOfPath',
      summary: 'Get the metadata of this service as a resource, for an address with a path (RFC 9728 §3.1)',
      security: PUBLIC,
      parameters: [PATH, IF_NONE_MATCH],
      answers: cacheable('The metadata.', 'ResourceMetadata'),
      errors: ['NOT_FOUND'],
    },
  },
  schemas: {
    Jwks: objectSchema<{ keys: Jwk[] }>({ keys: listOf(schemaRef('Jwk')) }),
    Jwk: objectSchema<Jwk>({
      kty: { type: 'string', enum: ['EC', 'OKP', 'RSA'] },
      kid: TEXT,
      alg: TEXT,
      use: { type: 'string', enum: ['sig'] },
    }),
    ServerMetadata: objectSchema<ServerMetadata>(
      {
        issuer: TEXT,
        jwks_uri: ADDRESS,
        introspection_endpoint: ADDRESS,
        introspection_endpoint_auth_methods_supported: TEXTS,
        revocation_endpoint: ADDRESS,
        revocation_endpoint_auth_methods_supported: TEXTS,
        scopes_supported: TEXTS,
        acr_values_supported: TEXTS,
      },
      ['scopes_supported'],
    ),
    ResourceMetadata: objectSchema<ResourceMetadata>(
      {
        resource: ADDRESS,
        authorization_servers: listOf(ADDRESS),
        jwks_uri: ADDRESS,
        bearer_methods_supported: TEXTS,
        scopes_supported: TEXTS,
      },
      ['authorization_servers', 'scopes_supported'],
    ),
  },
});
