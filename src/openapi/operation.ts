import type { ApiOperation } from './description.js';
import { RENEWAL_ERRORS } from './errors.js';
import { responsesOf } from './responses.js';
import { isGuarded } from './security.js';

/** Where an operation belongs, and what about it depends on the settings. */
export interface ApiOperationContext {
  tag: string;
  /** Whether guarded routes renew cookies that have expired. */
  silentRefresh: boolean;
}

/** OpenAPI's Operation Object for a description. */
export function openApiOperation(description: ApiOperation, { tag, silentRefresh }: ApiOperationContext) {
  const { operationId, summary, security, parameters, body, errors } = description;
  const renews = silentRefresh && isGuarded(security);
  return {
    operationId,
    summary,
    tags: [tag],
    security,
    ...(parameters && { parameters }),
    ...(body && {
      requestBody: {
        required: body.required,
        content: { [body.mediaType ?? 'application/json']: { schema: body.schema } },
      },
    }),
    responses: responsesOf(description, renews ? [...errors, ...RENEWAL_ERRORS] : errors),
  };
}
