import type { Server } from 'node:http';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ShutdownState } from '../health/shutdown-state.js';

/** In how many milliseconds no connection must have arrived, and how long to wait for such a time. */
const QUIET_MS = 300;
const MOST_MS = 1_000;

/** Gateways repeat requests with these methods elsewhere (RFC 9110 §9.2.2). */
const REPEATED = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * When the service stops, each response closes its connection, so that no client sends a request on one that is about to
 * close. In the end, requests that gateways repeat elsewhere are left unanswered: so a gateway that does not ask for
 * readiness, such as nginx, learns from a GET and sends no POST, which it would not repeat, while the listener closes.
 */
export function closeConnectionsWhenStopping(app: NestFastifyApplication): void {
  const shutdown = app.get(ShutdownState);
  const fastify = app.getHttpAdapter().getInstance();
  fastify.addHook('onRequest', (request, reply, done) => {
    if (!shutdown.turningAway || !REPEATED.has(request.method)) return done();
    reply.hijack();
    request.raw.socket.destroy();
  });
  fastify.addHook('onSend', async (_request, reply) => {
    if (shutdown.begun) reply.header('connection', 'close');
  });
}

/** Waits until no new connection arrives: one that arrives in the moment in which the listener closes is reset. */
export async function untilQuiet(app: NestFastifyApplication): Promise<void> {
  let last = performance.now();
  const deadline = last + MOST_MS;
  (app.getHttpServer() as Server).on('connection', () => (last = performance.now()));
  for (let left = QUIET_MS; left > 0; left = Math.min(last + QUIET_MS, deadline) - performance.now())
    await new Promise((resolve) => setTimeout(resolve, left));
}
