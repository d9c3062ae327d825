import { authApi, describeController } from '../index.js';
import { ProtectedController } from './protected.controller.js';

const TEXT = { type: 'string' } as const;
const TEXTS = { type: 'array', items: TEXT } as const;

/** The description of `ProtectedController`. */
export const protectedApi = describeController(ProtectedController, {
  tag: 'service',
  operations: {
    read: {
      operationId: 'getProtected',
      summary: 'Get the sample resource, which requires a valid access token',
      ...authApi.guarded,
      answers: {
        200: {
          description: 'A greeting, and the user who is logged in.',
          schema: { $ref: '#/components/schemas/ProtectedResource' },
        },
      },
    },
  },
  schemas: {
    ProtectedResource: {
      type: 'object',
      properties: { message: TEXT, user: { $ref: '#/components/schemas/TokenUser' } },
      required: ['message', 'user'],
    },
    TokenUser: {
      type: 'object',
      description: 'Only the claims of the access token while the database is unavailable.',
      properties: {
        id: { type: 'string', format: 'uuid' },
        email: TEXT,
        name: { type: ['string', 'null'] },
        roles: TEXTS,
        permissions: TEXTS,
        createdAt: { type: 'string', format: 'date-time' },
      },
      required: ['id', 'roles', 'permissions'],
    },
  },
});
