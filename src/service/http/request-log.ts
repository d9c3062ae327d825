import type { FastifyReply, FastifyRequest } from 'fastify';
import { clientAddress } from '../../index.js';
import type { Logger } from '../logger.js';
import { routeOf } from './route-of.js';

/** Logs one line per request, with the route template instead of the actual path: what is not logged cannot leak. */
export function logRequest(logger: Logger, request: FastifyRequest, reply: FastifyReply): void {
  logger.info({
    msg: 'request',
    method: request.method,
    route: routeOf(request),
    status: reply.statusCode,
    ms: Math.round(reply.elapsedTime * 10) / 10,
    ip: clientAddress(request),
    requestId: request.id,
  });
}
