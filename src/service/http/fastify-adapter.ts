import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { NotFoundError } from '../../index.js';
import type { Logger } from '../logger.js';
import { acceptBodies } from './body-parsers.js';
import { BrokenRequests } from './broken-requests.js';
import { BrokenHttpError, errorBody, HeadersTooLargeError } from './http-errors.js';
import { refuseUnknownRoutes } from './known-routes.js';
import { HTTP_LIMITS, type HttpLimits } from './limits.js';
import { logRequest } from './request-log.js';
import { requestIdOf } from './request-id.js';
import { securityHeaders } from './security-headers.js';

export interface EdgeSettings {
  trustProxy: string[];
  /** Whether browsers shall use HTTPS only from now on. */
  hsts: boolean;
  logger: Logger;
  limits?: HttpLimits;
}

/** Fastify as the service wants it: strict about what comes in, the same headers on whatever goes out. */
export function createFastifyAdapter({
  trustProxy,
  hsts,
  logger,
  limits = HTTP_LIMITS,
}: EdgeSettings): FastifyAdapter {
  const headers = securityHeaders({ hsts });
  const broken = new BrokenRequests(logger, headers.api);
  const adapter = new FastifyAdapter({
    bodyLimit: limits.bodyBytes,
    trustProxy: trustProxy.length > 0 ? trustProxy : false,
    genReqId: requestIdOf,
    return503OnClosing: false, // requests on open connections are served to the end
    frameworkErrors: refuseAddress,
    clientErrorHandler: (error, socket) => broken.refuse(error, socket),
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveMs,
    http: {
      maxHeaderSize: limits.headerBytes,
      headersTimeout: limits.headersTimeoutMs,
      requestTimeout: limits.requestTimeoutMs,
      connectionsCheckingInterval: limits.checkEveryMs,
      joinDuplicateHeaders: true, // two Authorization headers are no token, instead of the first one
      requireHostHeader: false, // refused below, in the contract's words
    },
  });

  // Before everything else, preflights included.
  adapter.setOnRequestHook((request: FastifyRequest, reply: FastifyReply, done) => {
    reply.headers(request.routeOptions.url?.startsWith('/docs') ? headers.docs : headers.api);
    reply.header('X-Request-Id', request.id);
    done(problemWithHeaders(request, limits));
  });
  const fastify = adapter.getInstance();
  broken.listenTo(fastify.server);
  refuseUnknownRoutes(fastify);
  acceptBodies(fastify, limits);
  fastify.addHook('onResponse', async (request, reply) => logRequest(logger, request, reply));
  return adapter;

  /** An address so broken that no route is looked for: this early there is no filter yet to answer. */
  function refuseAddress(_error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const error = new NotFoundError();
    reply.headers({ ...headers.api, 'X-Request-Id': request.id });
    void reply.code(error.statusCode).send(errorBody(error, request.id));
    logRequest(logger, request, reply);
  }
}

/** RFC 9112 §3.2: a request names one host. */
function problemWithHeaders({ raw }: FastifyRequest, { headerCount }: HttpLimits): Error | undefined {
  if (raw.rawHeaders.length > 2 * headerCount) return new HeadersTooLargeError();
  const host = raw.headers.host ?? (raw.httpVersion === '1.0' ? '' : undefined);
  return host !== undefined && /^[\w.:[\]-]*$/.test(host) ? undefined : new BrokenHttpError();
}
