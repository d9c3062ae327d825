import { type AuthErrorCode, ERROR_STATUS } from '../errors/auth-error.js';
import { OAUTH_ERRORS, type OAuthErrorStatus } from '../errors/oauth-error.js';
import type { ApiAnswer, ApiOperation } from './description.js';
import { schemaRef } from './schema.js';

/** The headers of error responses, by status. */
const ERROR_HEADERS: Record<number, { name: string; description: string; type: 'string' | 'integer' }> = {
  401: { name: 'WWW-Authenticate', description: 'How to authenticate.', type: 'string' },
  403: { name: 'WWW-Authenticate', description: 'Only with `FORBIDDEN`.', type: 'string' },
  429: { name: 'Retry-After', description: 'Seconds to wait before retrying.', type: 'integer' },
  503: { name: 'Retry-After', description: 'Seconds to wait before retrying.', type: 'integer' },
};

/** Returns the OpenAPI Responses Object of an operation: its responses, and its errors grouped by status. */
export function responsesOf({ answers, oauthErrors }: ApiOperation, errors: readonly AuthErrorCode[]) {
  return Object.fromEntries([
    ...Object.entries(answers).map(([status, answer]) => [status, answerOf(answer)]),
    ...(oauthErrors ? oauthResponses(oauthErrors) : errorResponses(errors)),
  ]);
}

function errorResponses(errors: readonly AuthErrorCode[]) {
  const codes = new Set<AuthErrorCode>([...errors, 'INTERNAL_ERROR']);
  const statuses = new Set([...codes].map((code) => ERROR_STATUS[code]).sort());
  return [...statuses].map((status) => {
    const ofStatus = [...codes].filter((code) => ERROR_STATUS[code] === status);
    return [status, errorOf(status, 'Error', ofStatus)] as const;
  });
}

function oauthResponses(statuses: readonly OAuthErrorStatus[]) {
  const all = [...statuses, 500 as const].sort((a, b) => a - b);
  return all.map((status) => [status, errorOf(status, 'OAuthError', [OAUTH_ERRORS[status]])] as const);
}

function answerOf({ description, headers, schema }: ApiAnswer) {
  return { description, ...(headers && { headers }), ...(schema && jsonOf(schema)) };
}

function errorOf(status: number, schema: string, codes: string[]) {
  const { name, description, type } = ERROR_HEADERS[status] ?? {};
  return {
    description: codes.map((code) => `\`${code}\``).join(', '),
    ...(name && { headers: { [name]: { description, schema: { type } } } }),
    ...jsonOf({
      allOf: [schemaRef(schema), { type: 'object', properties: { error: { type: 'string', enum: codes } } }],
    }),
  };
}

const jsonOf = (schema: object) => ({ content: { 'application/json': { schema } } });
