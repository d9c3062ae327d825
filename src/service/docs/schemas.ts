import type { ApiResponseSchemaHost } from '@nestjs/swagger';

export type Schema = ApiResponseSchemaHost['schema'];

const text = { type: 'string' } as const;
const seconds = { type: 'integer', minimum: 0, description: 'Seconds' } as const;
const time = { type: 'string', format: 'date-time' } as const;
const texts = { type: 'array', items: text } as const;

const bearer: Schema = { type: 'string', enum: ['Bearer'] };
const lifetimes = { expiresIn: seconds, refreshExpiresIn: seconds, sessionExpiresAt: time };
const tokens = {
  accessToken: text,
  refreshToken: text,
  tokenType: bearer,
};
const userFields: Record<string, Schema> = {
  id: { type: 'string', format: 'uuid' },
  email: text,
  name: { type: 'string', nullable: true },
  roles: texts,
  permissions: texts,
  createdAt: time,
};
const user = object(userFields, Object.keys(userFields));
/** While the database is away, what the token says. */
const userOfToken = object(userFields, ['id', 'roles', 'permissions']);

const REQUIRED = ['expiresIn', 'refreshExpiresIn', 'sessionExpiresAt'];

/** In the cookie transport the tokens themselves are left out. */
export const tokenResponse = object({ ...tokens, ...lifetimes }, REQUIRED);
export const authResponse = object({ ...tokens, ...lifetimes, user }, [...REQUIRED, 'user']);
export const userResponse = object({ user }, ['user']);
export const protectedResponse = object({ message: text, user: userOfToken }, ['message', 'user']);

export const sessionsResponse: Schema = {
  type: 'array',
  items: object(
    {
      id: { type: 'string', format: 'uuid' },
      createdAt: time,
      lastUsedAt: time,
      expiresAt: time,
      ip: { type: 'string', nullable: true },
      userAgent: { type: 'string', nullable: true },
      device: { type: 'string', nullable: true },
      current: { type: 'boolean' },
    },
    ['id', 'createdAt', 'lastUsedAt', 'expiresAt', 'ip', 'userAgent', 'device', 'current'],
  ),
};
const maybeText = { type: 'string', nullable: true } as const;
export const eventsResponse: Schema = {
  type: 'array',
  items: object(
    {
      type: { ...text, example: 'logged-in' },
      at: time,
      sessionId: maybeText,
      ip: maybeText,
      userAgent: maybeText,
      device: maybeText,
      requestId: maybeText,
    },
    ['type', 'at', 'sessionId', 'ip', 'userAgent', 'device', 'requestId'],
  ),
};
export const tokenForm = object({ token: text, token_type_hint: text }, ['token']);
export const introspectionResponse = object({ active: { type: 'boolean' }, sub: text, exp: seconds }, [
  'active',
]);
export const jwksResponse = object(
  { keys: { type: 'array', items: object({ kty: text, kid: text, alg: text, use: text }, ['kty', 'kid']) } },
  ['keys'],
);
export const metadataResponse = object({ issuer: text, jwks_uri: text }, ['issuer', 'jwks_uri']);

const status: Schema = { type: 'string', enum: ['ok'] };
const up: Schema = { type: 'string', enum: ['up'] };
export const liveResponse = object({ status }, ['status']);
export const readyResponse = object({ status, database: up, redis: up }, ['status', 'database']);

export function errorBody(codes: string[]): Schema {
  const details = {
    type: 'array',
    items: object({ field: text, message: text }, ['field', 'message']),
  } as const;
  return object(
    {
      statusCode: { type: 'integer' },
      error: { type: 'string', enum: codes },
      message: text,
      details: details as Schema,
      requestId: text,
    },
    ['statusCode', 'error', 'message', 'requestId'],
  );
}

function object(properties: Record<string, Schema>, required: string[]): Schema {
  return { type: 'object', properties, required } as Schema;
}
