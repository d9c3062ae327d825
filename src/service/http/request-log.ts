import type { FastifyReply, FastifyRequest } from 'fastify';
import { clientAddress } from '../../index.js';
import { traceIdsOf } from '../../tracing/trace-context.js';
import type { Logger } from '../logger.js';
import { isProbe, type ProbeLog } from './probe-log.js';
import { traceOfRequest } from './request-spans.js';
import { routeOf } from './route-of.js';

/**
 * Logs one line per request, with the route template instead of the actual path: what is not logged cannot leak. Probes
 * are logged when their answer changes.
 */
export function logRequest(
  logger: Logger,
  probes: ProbeLog,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  const route = routeOf(request);
  const level = isProbe(route) ? probes.levelOf(route, reply.statusCode) : 'info';
  if (!logger.isLevelEnabled(level)) return;
  logger[level]({
    msg: 'request',
    method: request.method,
    route,
    status: reply.statusCode,
    ms: Math.round(reply.elapsedTime * 10) / 10,
    ip: clientAddress(request),
    requestId: request.id,
    ...traceIdsOf(traceOfRequest(request)),
  });
}
