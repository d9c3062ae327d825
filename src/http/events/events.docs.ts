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
      summary: "The user's own recent security events",
      security: GUARDED,
      parameters: [
        {
          name: 'limit',
          in: 'query',
          description: 'At most this many events.',
          schema: { type: 'integer', minimum: 1, maximum: 100, default: 50 },
        },
      ],
      answers: {
        200: { description: 'The newest event comes first.', schema: listOf(schemaRef('SecurityEvent')) },
      },
      errors: ['VALIDATION_FAILED', ...GUARD_ERRORS],
    },
  },
  schemas: {
    /** What else is known of an event depends on its type. */
    SecurityEvent: objectSchema<EventView>({
      type: { type: 'string', examples: ['logged-in'] },
      at: TIME,
      sessionId: TEXT_OR_NULL,
      ip: TEXT_OR_NULL,
      userAgent: TEXT_OR_NULL,
      device: { type: ['string', 'null'], description: 'For people.', examples: ['Firefox on Linux'] },
      requestId: TEXT_OR_NULL,
    }),
  },
});
