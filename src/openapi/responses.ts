import { type AuthErrorCode, ERROR_STATUS } from '../errors/auth-error.js';
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
export function responsesOf({ answers }: ApiOperation, errors: readonly AuthErrorCode[]) {
  const codes = new Set<AuthErrorCode>([...errors, 'INTERNAL_ERROR']);
  const statuses = new Set([...codes].map((code) => ERROR_STATUS[code]).sort());
  return Object.fromEntries([
    ...Object.entries(answers).map(([status, answer]) => [status, answerOf(answer)]),
    ...[...statuses].map((status) => [
      status,
      errorOf(
        status,
        [...codes].filter((code) => ERROR_STATUS[code] === status),
      ),
    ]),
  ]);
}

function answerOf({ description, headers, schema }: ApiAnswer) {
  return { description, ...(headers && { headers }), ...(schema && jsonOf(schema)) };
}

function errorOf(status: number, codes: AuthErrorCode[]) {
  const { name, description, type } = ERROR_HEADERS[status] ?? {};
  return {
    description: codes.map((code) => `\`${code}\``).join(', '),
    ...(name && { headers: { [name]: { description, schema: { type } } } }),
    ...jsonOf({
      allOf: [schemaRef('Error'), { type: 'object', properties: { error: { type: 'string', enum: codes } } }],
    }),
  };
}

const jsonOf = (schema: object) => ({ content: { 'application/json': { schema } } });
