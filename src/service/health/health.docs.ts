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
      summary: 'Whether the process answers',
      ...authApi.public,
      answers: { 200: { description: 'It does.', schema: { $ref: '#/components/schemas/Liveness' } } },
      errors: [],
    },
    ready: {
      operationId: 'checkReadiness',
      summary: 'Whether the service can do its work: requests may be sent here',
      ...authApi.public,
      answers: {
        200: { description: 'The database answers.', schema: { $ref: '#/components/schemas/Readiness' } },
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
        redis: { ...UP, description: 'Only where the service uses Redis.' },
      },
      required: ['status', 'database'],
    },
  },
});
