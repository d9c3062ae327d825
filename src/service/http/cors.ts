import type { NestFastifyApplication } from '@nestjs/platform-fastify';

const PREFLIGHT_SECONDS = 600;

const REQUEST_HEADERS = ['Authorization', 'Content-Type', 'X-Auth-Transport', 'X-Request-Id'];

/** Tools that trace requests, and older libraries, add these to every request of a page. */
const ADDED_BY_TOOLS = ['traceparent', 'tracestate', 'baggage', 'sentry-trace', 'X-Requested-With'];

/**
 * Lets pages of exactly these origins call the service with cookies. Responses to other origins have no CORS headers.
 * @param headers more request headers that these pages may send
 */
export function allowOrigins(
  app: NestFastifyApplication,
  origins: readonly string[],
  headers: readonly string[],
): void {
  if (origins.length === 0) return;
  const allowed = new Set(origins);
  app.enableCors({
    // A function, so that every response has `Vary: Origin`.
    origin: (origin, decide) => decide(null, origin !== undefined && allowed.has(origin) ? origin : false),
    credentials: true,
    methods: ['GET', 'HEAD', 'POST', 'PATCH', 'DELETE'],
    allowedHeaders: [...REQUEST_HEADERS, ...ADDED_BY_TOOLS, ...headers],
    exposedHeaders: ['Date', 'Retry-After', 'WWW-Authenticate', 'X-Device-Proof', 'X-Request-Id'],
    maxAge: PREFLIGHT_SECONDS,
    strictPreflight: false,
  });
}
