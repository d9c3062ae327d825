import { randomUUID } from 'node:crypto';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { NotFoundError, UnsupportedMediaTypeError } from '../../index.js';
import type { Logger } from '../logger.js';

const MAX_BODY_BYTES = 16 * 1024;

/** Fastify as the service wants it: JSON bodies, small ones, and one log line a request. */
export function createFastifyAdapter({
  trustProxy,
  logger,
}: {
  trustProxy: string[];
  logger: Logger;
}): FastifyAdapter {
  const adapter = new FastifyAdapter({
    bodyLimit: MAX_BODY_BYTES,
    trustProxy: trustProxy.length > 0 ? trustProxy : false,
    genReqId: () => randomUUID(),
    return503OnClosing: false, // requests on open connections are served to the end
    frameworkErrors: refuseAddress,
  });
  acceptJson(adapter);
  acceptFormsForOAuth(adapter);
  logRequests(adapter, logger);
  return adapter;
}

/** An address so broken that no route is looked for: this early there is no filter yet to answer. */
function refuseAddress(_error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const { statusCode, code, message } = new NotFoundError();
  void reply.code(statusCode).send({ statusCode, error: code, message, requestId: request.id });
}

function acceptJson(adapter: FastifyAdapter): void {
  const fastify = adapter.getInstance();
  fastify.removeAllContentTypeParsers();
  const parse = fastify.getDefaultJsonParser('error', 'error');
  fastify.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    // Clients that set the header on every request send it without a body too, to log out by cookie for instance.
    if (body === '') done(null, undefined);
    else parse(request, body as string, done);
  });
}

/** OAuth's own endpoints take forms (RFC 7662 §2.1, RFC 7009 §2.1). Elsewhere they are refused: any page can send one. */
function acceptFormsForOAuth(adapter: FastifyAdapter): void {
  const fastify = adapter.getInstance();
  const type = 'application/x-www-form-urlencoded';
  fastify.addContentTypeParser(type, { parseAs: 'string' }, (request, body, done) => {
    if (!request.routeOptions.url?.startsWith('/oauth/')) return done(new UnsupportedMediaTypeError());
    const fields = new URLSearchParams(body as string);
    // A parameter that is given twice is no text any more (RFC 6749 §3.2).
    done(null, Object.fromEntries([...fields.keys()].map((name) => [name, only(fields.getAll(name))])));
  });
}

function only(values: string[]): string | string[] {
  return values.length === 1 ? values[0]! : values;
}

/** The route's template instead of the path asked for: what is not logged cannot leak. */
function logRequests(adapter: FastifyAdapter, logger: Logger): void {
  adapter.getInstance().addHook('onResponse', async (request, reply) => {
    logger.info({
      msg: 'request',
      method: request.method,
      route: request.routeOptions.url ?? 'unknown',
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime * 10) / 10,
      ip: request.ip,
      requestId: request.id,
    });
  });
}
