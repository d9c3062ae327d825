import type { FastifyRequest } from 'fastify';

/**
 * The template of the matching route, such as `/auth/sessions/:id`, never the actual path. `unknown` if there is none.
 */
export function routeOf(request: FastifyRequest): string {
  return request.is404 ? 'unknown' : (request.routeOptions.url ?? 'unknown');
}
