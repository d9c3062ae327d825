import { authApi, describeController } from '../../index.js';
import { HealthController } from './health.controller.js';

const OK = { type: 'string', enum: ['ok'] } as const;
const UP = { type: 'string', enum: ['up'] } as const;
const READY = { type: 'string', enum: ['ok', 'degraded'] } as const;
const UP_OR_DOWN = { type: 'string', enum: ['up', 'down'] } as const;

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
          description:
            'A session could be written and a token signed. `degraded`: Redis, if the service uses it, does not accept writes. Everything works without it, but limits are counted by each instance.',
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
        status: READY,
        database: UP,
        redis: { ...UP_OR_DOWN, description: 'Only if the service uses Redis.' },
      },
      required: ['status', 'database'],
    },
  },
});
