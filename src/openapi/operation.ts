import type { ApiOperation } from './description.js';
import { RENEWAL_ERRORS } from './errors.js';
import { responsesOf } from './responses.js';
import { isGuarded } from './security.js';

/** The tag of an operation, and the settings that affect its description. */
export interface ApiOperationContext {
  tag: string;
  /** Whether guarded routes renew expired cookies. */
  silentRefresh: boolean;
}

/** Converts a description to an OpenAPI Operation Object. */
export function openApiOperation(description: ApiOperation, { tag, silentRefresh }: ApiOperationContext) {
  const { operationId, summary, security, neverRenews, parameters, body, errors } = description;
  const renews = silentRefresh && isGuarded(security) && !neverRenews;
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
