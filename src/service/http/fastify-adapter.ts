import type { IncomingMessage } from 'node:http';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { NotFoundError } from '../../index.js';
import type { Logger } from '../logger.js';
import { acceptBodies } from './body-parsers.js';
import { BrokenRequests } from './broken-requests.js';
import { BrokenHttpError, errorBody, HeadersTooLargeError } from './http-errors.js';
import { refuseUnknownRoutes } from './known-routes.js';
import { HTTP_LIMITS, type HttpLimits } from './limits.js';
import { ProbeLog } from './probe-log.js';
import { logRequest } from './request-log.js';
import { answersPublicPreflight } from './public-preflight.js';
import { traceRequests } from './request-spans.js';
import { requestIdOf } from './request-id.js';
import { securityHeaders } from './security-headers.js';

export interface EdgeSettings {
  trustProxy: string[];
  /** Whether to tell browsers to use only HTTPS from now on. */
  hsts: boolean;
  logger: Logger;
  probes?: ProbeLog;
  limits?: HttpLimits;
  /** Changes the address of a request before it is routed. */
  rewriteUrl?: (request: IncomingMessage) => string;
}

/** Configures Fastify for the service: strict about requests, with the same headers on every response. */
export function createFastifyAdapter({
  trustProxy,
  hsts,
  logger,
  probes = new ProbeLog(),
  limits = HTTP_LIMITS,
  rewriteUrl,
}: EdgeSettings): FastifyAdapter {
  const headers = securityHeaders({ hsts });
  const broken = new BrokenRequests(logger, headers.api);
  const adapter = new FastifyAdapter({
    bodyLimit: limits.bodyBytes,
    schemaController: { compilersFactory: { buildValidator: noSchemas, buildSerializer: noSchemas } },
    trustProxy: trustProxy.length > 0 ? trustProxy : false,
    genReqId: requestIdOf,
    ...(rewriteUrl && { rewriteUrl }),
    return503OnClosing: false, // requests on open connections are completed
    frameworkErrors: refuseAddress,
    clientErrorHandler: (error, socket) => broken.refuse(error, socket),
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveMs,
    http: {
      maxHeaderSize: limits.headerBytes,
      headersTimeout: limits.headersTimeoutMs,
      requestTimeout: limits.requestTimeoutMs,
      connectionsCheckingInterval: limits.checkEveryMs,
      joinDuplicateHeaders: true, // two Authorization headers are rejected; otherwise the first one would be used
      requireHostHeader: false, // rejected below, with the contract's error body
    },
  });

  // Runs before everything else, including CORS preflights.
  adapter.setOnRequestHook((request: FastifyRequest, reply: FastifyReply, done) => {
    reply.headers(request.routeOptions.url?.startsWith('/docs') ? headers.docs : headers.api);
    reply.header('X-Request-Id', request.id);
    const problem = problemWithHeaders(request, limits);
    if (problem || !answersPublicPreflight(request, reply)) done(problem);
  });
  const fastify = adapter.getInstance();
  broken.listenTo(fastify.server);
  traceRequests(fastify);
  refuseUnknownRoutes(fastify);
  acceptBodies(fastify, limits);
  fastify.addHook('onResponse', async (request, reply) => logRequest(logger, probes, request, reply));
  return adapter;

  /** Responds to a URL so malformed that it is not routed. At this early stage, there is no exception filter yet. */
  function refuseAddress(_error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const error = new NotFoundError();
    reply.headers({ ...headers.api, 'X-Request-Id': request.id });
    void reply.code(error.statusCode).send(errorBody(error, request.id));
    logRequest(logger, probes, request, reply);
  }
}

/** No route has a schema. What compiles them takes longer to load than most of what the service uses. */
function noSchemas(): never {
  throw new Error('The routes of the service have no schemas.');
}

/** A request must name exactly one host (RFC 9112 §3.2). */
function problemWithHeaders({ raw }: FastifyRequest, { headerCount }: HttpLimits): Error | undefined {
  if (raw.rawHeaders.length > 2 * headerCount) return new HeadersTooLargeError();
  const host = raw.headers.host ?? (raw.httpVersion === '1.0' ? '' : undefined);
  return host !== undefined && /^[\w.:[\]-]*$/.test(host) ? undefined : new BrokenHttpError();
}
