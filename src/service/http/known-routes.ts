import type { FastifyInstance } from 'fastify';
import { MethodNotAllowedError, NotFoundError } from '../../index.js';

/**
 * Distinguishes unknown paths (404) from known paths with another method (405 with `Allow`, RFC 9110 §15.5.6) before a
 * body is read. Call it before any route is added.
 */
export function refuseUnknownRoutes(fastify: FastifyInstance): void {
  const routes = new Map<string, { path: RegExp; methods: Set<string> }>();
  fastify.addHook('onRoute', ({ url, method }) => {
    if (url === '*') return; // CORS registers OPTIONS for every path
    const route = routes.get(url) ?? { path: patternOf(url), methods: new Set() };
    for (const name of [method].flat()) route.methods.add(name);
    routes.set(url, route);
  });

  fastify.addHook('onRequest', (request, reply, done) => {
    if (!request.is404 && request.routeOptions.url !== '*') return done();
    const path = request.url.split('?', 1)[0]!;
    const methods = [...routes.values()]
      .filter((route) => route.path.test(path))
      .map((route) => route.methods);
    if (methods.length === 0) return done(new NotFoundError());
    reply.header('Allow', [...new Set(methods.flatMap((names) => [...names]))].sort().join(', '));
    done(new MethodNotAllowedError());
  });
}

/** Converts a route template, such as `/auth/sessions/:id` or `/docs/*`, to a pattern. */
function patternOf(url: string): RegExp {
  const parts = url.split('/').map((part) => {
    if (part.startsWith(':')) return '[^/]+';
    return part === '*' ? '.*' : part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  });
  return new RegExp(`^${parts.join('/')}$`);
}
