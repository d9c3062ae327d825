import { type ApiParameter, describeController } from '../../openapi/description.js';
import { GUARD_ERRORS } from '../../openapi/errors.js';
import { TEXT, UUID } from '../../openapi/schema.js';
import { GUARDED } from '../../openapi/security.js';
import { ForwardAuthController } from './forward-auth.controller.js';

const method = (name: string): ApiParameter => ({
  name,
  in: 'header',
  description:
    'The method of the request that the proxy asks about. Without it, that request counts as unsafe.',
  schema: TEXT,
});

/** The description of `ForwardAuthController`. */
export const forwardAuthApi = describeController(ForwardAuthController, {
  tag: 'resource servers',
  operations: {
    identify: {
      operationId: 'forwardAuth',
      summary: 'Tell a proxy whose request it is about to pass on',
      security: GUARDED,
      neverRenews: true,
      parameters: [method('X-Forwarded-Method'), method('X-Original-Method')],
      answers: {
        204: {
          description: 'The access token is valid.',
          headers: {
            'X-Auth-User': { description: 'The id of the user, percent-encoded.', schema: TEXT },
            'X-Auth-Session': { description: 'The id of the session.', schema: UUID },
            'X-Auth-Roles': {
              description: 'The roles of the user, each percent-encoded, separated by commas.',
              schema: TEXT,
            },
          },
        },
      },
      errors: [...GUARD_ERRORS, 'CSRF_REJECTED'],
    },
  },
});
