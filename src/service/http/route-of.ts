import type { FastifyRequest } from 'fastify';

/** The template of the route that answers, such as `/auth/sessions/:id`, never the path asked for; `unknown` for none. */
export function routeOf(request: FastifyRequest): string {
  return request.is404 ? 'unknown' : (request.routeOptions.url ?? 'unknown');
}
