import { describeController } from '../../openapi/description.js';
import { GUARD_ERRORS } from '../../openapi/errors.js';
import { listOf, objectSchema, schemaRef, TEXT_OR_NULL, TIME } from '../../openapi/schema.js';
import { GUARDED } from '../../openapi/security.js';
import type { EventView } from './event-view.js';
import { EventsController } from './events.controller.js';

/** The description of `EventsController`. */
export const eventsApi = describeController(EventsController, {
  tag: 'sessions',
  operations: {
    list: {
      operationId: 'listEvents',
      summary: 'List recent security events of the user',
      security: GUARDED,
      parameters: [
        {
          name: 'limit',
          in: 'query',
          description: 'The maximum number of events.',
          schema: { type: 'integer', minimum: 1, maximum: 100, default: 50 },
        },
      ],
      answers: {
        200: { description: 'The events, newest first.', schema: listOf(schemaRef('SecurityEvent')) },
      },
      errors: ['VALIDATION_FAILED', ...GUARD_ERRORS],
    },
  },
  schemas: {
    /** Which other properties have a value depends on the type. */
    SecurityEvent: objectSchema<EventView>(
      {
        type: { type: 'string', examples: ['logged-in'] },
        at: TIME,
        sessionId: TEXT_OR_NULL,
        ip: TEXT_OR_NULL,
        userAgent: TEXT_OR_NULL,
        device: {
          type: ['string', 'null'],
          description: 'Meant for people.',
          examples: ['Firefox on Linux'],
        },
        requestId: TEXT_OR_NULL,
        count: {
          type: 'integer',
          minimum: 1,
          description:
            'How often this happened within a minute, if more than once; in an alert, the number of failures.',
        },
      },
      ['count'],
    ),
  },
});
