import {
  activeSpan,
  type Context,
  ERROR_STATUS_CODE,
  type OpenTelemetry,
  openTelemetry,
  type Span,
  SPAN_KIND,
  type SpanAttributes,
  withSpan,
} from './open-telemetry.js';
import {
  readTraceContext,
  toTraceparent,
  type TraceContext,
  type TraceHeaders,
  traceIdsOf,
} from './trace-context.js';

/** How a span is described. */
export interface SpanSettings {
  kind?: keyof typeof SPAN_KIND;
  attributes?: SpanAttributes;
  /** The trace that the work belongs to, where it is not that of the caller; `null` if it begins one. */
  parent?: TraceContext | null;
}

/** Whether the work that runs now belongs to a span. Work in the background, such as polling, does not. */
export function isTraced(): boolean {
  return activeSpan() !== undefined;
}

/**
 * Runs work within a span, which ends with it; an error is its status, with its code and never its message. Without
 * OpenTelemetry, only calls `work`.
 */
export function inSpan<T>(
  name: string,
  settings: SpanSettings,
  work: (span?: Span) => Promise<T>,
): Promise<T> {
  const found = openTelemetry();
  return found ? runInSpan(found, name, settings, work) : work();
}

async function runInSpan<T>(
  { tracer, contexts }: OpenTelemetry,
  name: string,
  { kind = 'internal', attributes = {}, parent }: SpanSettings,
  work: (span: Span) => Promise<T>,
): Promise<T> {
  const context = parent === undefined ? contexts.active() : contextOf(contexts.active(), parent);
  const span = tracer.startSpan(name, { kind: SPAN_KIND[kind], attributes }, context);
  try {
    return await contexts.with(withSpan(context, span), () => work(span));
  } catch (error) {
    failSpan(span, codeOf(error));
    throw error;
  } finally {
    span.end();
  }
}

/** Runs work that belongs to no request, although one has happened to start it. */
export function outsideTraces<T>(work: () => T): T {
  const found = openTelemetry();
  return found ? found.contexts.with(contextOf(found.contexts.active(), null), work) : work();
}

/** Gives a span the status of an error. */
export function failSpan(span: Span, errorType: string): void {
  span.setAttribute('error.type', errorType);
  span.setStatus({ code: ERROR_STATUS_CODE });
}

/** The trace that the work that runs now belongs to, if OpenTelemetry is used. */
export function activeTrace(): TraceContext | undefined {
  const span = activeSpan();
  return span && traceOfSpan(span);
}

/** The trace of a request: that of the active span, or otherwise the one that its headers name. */
export function traceOf(headers: TraceHeaders): TraceContext | undefined {
  return activeTrace() ?? (headers.traceparent === undefined ? undefined : readTraceContext(headers));
}

export function traceOfSpan(span: Span): TraceContext {
  const { traceId, spanId, traceFlags, traceState } = span.spanContext();
  const tracestate = traceState?.serialize();
  return { traceparent: toTraceparent({ traceId, spanId }, traceFlags), ...(tracestate && { tracestate }) };
}

/** A context whose span is one of another process, or one that has ended; or that has none. */
export function contextOf(context: Context, trace: TraceContext | null): Context {
  if (!trace) return withSpan(context, undefined);
  const { traceparent, tracestate } = trace;
  const flags = Number.parseInt(traceparent.slice(-2), 16);
  const spanContext = {
    ...traceIdsOf({ traceparent })!,
    traceFlags: flags,
    isRemote: true,
    ...(tracestate && { traceState: textState(tracestate) }),
  };
  return withSpan(context, { spanContext: () => spanContext });
}

/** `TraceState`, which is only passed on here. */
function textState(text: string) {
  const state = { serialize: () => text, get: () => undefined, set: () => state, unset: () => state };
  return state;
}

/** An SQLSTATE, a code of Node, or the name of the class: messages may quote data. */
function codeOf(error: unknown): string {
  const { code, name } = (error ?? {}) as { code?: unknown; name?: unknown };
  return typeof code === 'string' ? code : typeof name === 'string' ? name : '_OTHER';
}
