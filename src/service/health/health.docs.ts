import { authApi, describeController } from '../../index.js';
import { HealthController } from './health.controller.js';

const OK = { type: 'string', enum: ['ok'] } as const;
const UP = { type: 'string', enum: ['up'] } as const;

/** The description of `HealthController`. */
export const healthApi = describeController(HealthController, {
  tag: 'service',
  operations: {
    live: {
      operationId: 'checkLiveness',
      summary: 'Check whether the process responds',
      ...authApi.public,
      answers: {
        200: { description: 'The process responds.', schema: { $ref: '#/components/schemas/Liveness' } },
      },
      errors: [],
    },
    ready: {
      operationId: 'checkReadiness',
      summary: 'Check whether the service is ready for requests',
      ...authApi.public,
      answers: {
        200: {
          description: 'The database responds, and so does Redis if the service uses it.',
          schema: { $ref: '#/components/schemas/Readiness' },
        },
      },
      errors: ['UNAVAILABLE'],
    },
  },
  schemas: {
    Liveness: { type: 'object', properties: { status: OK }, required: ['status'] },
    Readiness: {
      type: 'object',
      properties: {
        status: OK,
        database: UP,
        redis: { ...UP, description: 'Only if the service uses Redis.' },
      },
      required: ['status', 'database'],
    },
  },
});
