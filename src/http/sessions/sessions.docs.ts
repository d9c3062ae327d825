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
      summary: 'List the live sessions of the user',
      security: GUARDED,
      answers: {
        200: { description: 'The sessions, most recently used first.', schema: listOf(schemaRef('Session')) },
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
          description: 'The session has ended. If it is the current one, its cookies are removed.',
          headers: CLEARS_COOKIES,
        },
      },
      errors: [...GUARD_ERRORS, ...CHANGE_ERRORS, 'NOT_FOUND', 'RATE_LIMITED'],
    },
    endOthers: {
      operationId: 'endOtherSessions',
      summary: 'End all sessions of the user except the current one',
      security: GUARDED,
      answers: { 204: { description: 'All other sessions have ended.' } },
      errors: [...GUARD_ERRORS, ...CHANGE_ERRORS, 'RATE_LIMITED'],
    },
  },
  schemas: {
    Session: objectSchema<SessionView>({
      id: UUID,
      createdAt: TIME,
      lastUsedAt: { ...TIME, description: 'The time of the last refresh, or of the login.' },
      expiresAt: { ...TIME, description: 'When the session ends unless it is refreshed before then.' },
      ip: TEXT_OR_NULL,
      userAgent: TEXT_OR_NULL,
      device: { type: ['string', 'null'], description: 'Meant for people.', examples: ['Firefox on Linux'] },
      current: { type: 'boolean', description: 'Whether this is the session that sent the request.' },
    }),
  },
});
