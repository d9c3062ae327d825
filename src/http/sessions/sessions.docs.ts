import { describeController } from '../../openapi/description.js';
import { CHANGE_ERRORS, GUARD_ERRORS } from '../../openapi/errors.js';
import { CLEARS_COOKIES } from '../../openapi/headers.js';
import { listOf, objectSchema, schemaRef, TEXT_OR_NULL, TIME, UUID } from '../../openapi/schema.js';
import { GUARDED } from '../../openapi/security.js';
import type { SessionView } from './session-view.js';
import { SessionsController } from './sessions.controller.js';

/** The description of `SessionsController`. */
export const sessionsApi = describeController(SessionsController, {
  tag: 'sessions',
  operations: {
    list: {
      operationId: 'listSessions',
      summary: 'Where the user is logged in',
      security: GUARDED,
      answers: {
        200: { description: 'The session used last comes first.', schema: listOf(schemaRef('Session')) },
      },
      errors: GUARD_ERRORS,
    },
    end: {
      operationId: 'endSession',
      summary: 'End one session of the user',
      security: GUARDED,
      parameters: [
        { name: 'id', in: 'path', required: true, description: 'The id of the session.', schema: UUID },
      ],
      answers: {
        204: {
          description: 'The session has ended. If it is the one that asks, its cookies are removed.',
          headers: CLEARS_COOKIES,
        },
      },
      errors: [...GUARD_ERRORS, ...CHANGE_ERRORS, 'NOT_FOUND', 'RATE_LIMITED'],
    },
    endOthers: {
      operationId: 'endOtherSessions',
      summary: 'End every session of the user but this one',
      security: GUARDED,
      answers: { 204: { description: 'All other sessions have ended.' } },
      errors: [...GUARD_ERRORS, ...CHANGE_ERRORS, 'RATE_LIMITED'],
    },
  },
  schemas: {
    Session: objectSchema<SessionView>({
      id: UUID,
      createdAt: TIME,
      lastUsedAt: { ...TIME, description: 'The last refresh, or the login.' },
      expiresAt: { ...TIME, description: 'When it ends unless it is refreshed before.' },
      ip: TEXT_OR_NULL,
      userAgent: TEXT_OR_NULL,
      device: { type: ['string', 'null'], description: 'For people.', examples: ['Firefox on Linux'] },
      current: { type: 'boolean', description: 'Whether it is the session that asks.' },
    }),
  },
});
