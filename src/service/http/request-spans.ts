import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import {
  activeSpan,
  type Context,
  type OpenTelemetry,
  openTelemetry,
  type Span,
  SPAN_KIND,
  withSpan,
} from '../../tracing/open-telemetry.js';
import { contextOf, failSpan, traceOf, traceOfSpan } from '../../tracing/spans.js';
import { readTraceContext, type TraceContext } from '../../tracing/trace-context.js';
import { isProbe } from './probe-log.js';
import { routeOf } from './route-of.js';

/** The methods that the semantic conventions know. */
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH']);

const GETTER = {
  keys: (headers: object) => Object.keys(headers),
  get: (headers: object, name: string) => (headers as Record<string, unknown>)[name],
};

interface RequestSpan {
  span: Span;
  /** In which the request is handled. */
  context: Context;
}

const spans = new WeakMap<FastifyRequest, RequestSpan>();

/**
 * Makes a span of each request but the probes, if OpenTelemetry is used, and otherwise adds nothing to a request. A span
 * that an instrumentation of HTTP has made already gets the route instead.
 */
export function traceRequests(fastify: FastifyInstance): void {
  const found = openTelemetry();
  if (!found) return;
  fastify.addHook('onRequest', (request, reply, done) => {
    if (isProbe(routeOf(request))) return done();
    const context = begin(found, request, reply);
    found.contexts.with(context, done);
  });
  // What follows the body runs in the context in which the body arrived, which knows nothing of the span.
  fastify.addHook('preValidation', (request, _reply, done) => {
    const { context } = spans.get(request) ?? {};
    if (context) found.contexts.with(context, done);
    else done();
  });
}

/** The trace that a request belongs to, also after its answer. */
export function traceOfRequest(request: FastifyRequest): TraceContext | undefined {
  const { span } = spans.get(request) ?? {};
  return span ? traceOfSpan(span) : traceOf(request.headers);
}

function begin(found: OpenTelemetry, request: FastifyRequest, reply: FastifyReply): Context {
  const made = madeAlready(found) ?? start(found, request, reply);
  nameAfterRoute(made.span, request);
  spans.set(request, made);
  return made.context;
}

function madeAlready({ contexts }: OpenTelemetry): RequestSpan | undefined {
  const span = activeSpan();
  return span && { span, context: contexts.active() };
}

function start(found: OpenTelemetry, request: FastifyRequest, reply: FastifyReply): RequestSpan {
  const parent = parentOf(found, request);
  const method = methodOf(request);
  const attributes = {
    'http.request.method': method,
    'url.scheme': request.protocol,
    'network.protocol.version': request.raw.httpVersion,
  };
  const span = found.tracer.startSpan(
    method === '_OTHER' ? 'HTTP' : method,
    { kind: SPAN_KIND.server, attributes },
    parent,
  );
  reply.raw.once('close', () => end(span, reply)); // also when the client is gone
  return { span, context: withSpan(parent, span) };
}

/** What the operator's propagators read from the headers, or otherwise W3C Trace Context. */
function parentOf({ contexts, propagator }: OpenTelemetry, { headers }: FastifyRequest): Context {
  const active = contexts.active();
  if (propagator) return propagator.extract(active, headers, GETTER);
  const trace = readTraceContext(headers);
  return trace ? contextOf(active, trace) : active;
}

/** The template of the route, never the path: what is not sent cannot leak. */
function nameAfterRoute(span: Span, request: FastifyRequest): void {
  const route = routeOf(request);
  if (route === 'unknown') return;
  span.setAttribute('http.route', route);
  span.updateName(`${methodOf(request)} ${route}`);
}

function end(span: Span, reply: FastifyReply): void {
  if (reply.raw.headersSent) span.setAttribute('http.response.status_code', reply.statusCode);
  if (!reply.raw.writableFinished) failSpan(span, 'client_closed_request');
  else if (reply.statusCode >= 500) failSpan(span, String(reply.statusCode));
  span.end();
}

function methodOf({ method }: FastifyRequest): string {
  return METHODS.has(method) ? method : '_OTHER';
}
