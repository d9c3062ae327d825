import type { FastifyRequest } from 'fastify';

/**
 * The template of the matching route, such as `/auth/sessions/:id`, never the actual path. `unknown` if there is none.
 */
export function routeOf(request: FastifyRequest): string {
  return request.is404 ? 'unknown' : (request.routeOptions.url ?? 'unknown');
}

/** Whether errors of this route are in the words of OAuth. */
export function isForOAuth(request: FastifyRequest): boolean {
  return routeOf(request).startsWith('/oauth/');
}
