import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Histogram, Registry } from 'prom-client';
import { routeOf } from '../http/route-of.js';

const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

/** Measures every request by method, route template (never the path) and status. */
export function measureRequests(app: NestFastifyApplication): void {
  const duration = new Histogram({
    name: 'latchkey_http_request_duration_seconds',
    help: 'Time from the start of the request to the end of its response.',
    labelNames: ['method', 'route', 'status'],
    buckets: BUCKETS,
    registers: [app.get(Registry)],
  });
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onResponse', async (request, reply) => {
      const labels = { method: request.method, route: routeOf(request), status: reply.statusCode };
      duration.observe(labels, reply.elapsedTime / 1000);
    });
}
