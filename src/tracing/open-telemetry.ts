import { setTimeout } from 'node:timers/promises';

/** The values of `SpanKind` that are used here. */
export const SPAN_KIND = { internal: 0, server: 1, client: 2 } as const;

/** `SpanStatusCode.ERROR`. */
export const ERROR_STATUS_CODE = 2;

/** What describes a span. Never an email address, a token, an address of a client or a value of a statement. */
export type SpanAttributes = Record<string, string | number | undefined>;

/** Identifies a span. */
export interface SpanContext {
  traceId: string;
  spanId: string;
  traceFlags: number;
  isRemote?: boolean;
  traceState?: { serialize(): string };
}

/** A span of OpenTelemetry. */
export interface Span {
  spanContext(): SpanContext;
  updateName(name: string): unknown;
  setAttribute(name: string, value: string | number): unknown;
  setStatus(status: { code: number }): unknown;
  end(): void;
}

/** An immutable set of values that belong to what runs. */
export interface Context {
  getValue(key: symbol): unknown;
  setValue(key: symbol, value: unknown): Context;
}

interface Tracer {
  startSpan(name: string, settings: { kind: number; attributes: SpanAttributes }, parent: Context): Span;
}

interface TracerProvider {
  getTracer(name: string): Tracer;
  /** The provider behind the one that the API registers. */
  getDelegate?(): { forceFlush?(): Promise<unknown> };
}

interface ContextManager {
  active(): Context;
  with<T>(context: Context, work: () => T): T;
}

interface Propagator {
  extract(
    context: Context,
    headers: object,
    getter: { keys(headers: object): string[]; get(headers: object, name: string): unknown },
  ): Context;
}

/** What an app that uses OpenTelemetry has registered. */
export interface OpenTelemetry {
  tracer: Tracer;
  provider: TracerProvider;
  contexts: ContextManager;
  propagator: Propagator | undefined;
}

interface Registered {
  trace?: TracerProvider;
  context?: ContextManager;
  propagation?: Propagator;
}

/**
 * Where every copy of `@opentelemetry/api` 1.x registers what an app has set up, and finds what another copy has
 * registered. It is read directly, which costs nothing where there is no OpenTelemetry and needs no package. A copy of
 * the API here would ignore an older copy in the app: a 1.10 finds nothing that a 1.9 has registered.
 */
const REGISTRY = Symbol.for('opentelemetry.js.api.1');
/** Under which key a context holds its span. */
const SPAN_KEY = Symbol.for('OpenTelemetry Context Key SPAN');

const FLUSH_MS = 2_000;

let found: OpenTelemetry | undefined;

/**
 * Looks for OpenTelemetry. Spans are made from now on if an SDK has registered a tracer provider and a context manager
 * in this process; otherwise nothing is.
 */
export function lookForOpenTelemetry(): void {
  const registered = (globalThis as { [REGISTRY]?: Registered })[REGISTRY];
  const { trace: provider, context: contexts, propagation: propagator } = registered ?? {};
  found = provider && contexts && { tracer: provider.getTracer('latchkey'), provider, contexts, propagator };
}

/** Passes on the spans that wait to be sent, for two seconds at most. Never rejects. */
export async function flushSpans(): Promise<void> {
  const flushing = Promise.resolve(found?.provider.getDelegate?.().forceFlush?.());
  await Promise.race([flushing.catch(() => undefined), setTimeout(FLUSH_MS, undefined, { ref: false })]);
}

/** What {@link lookForOpenTelemetry} has found. */
export function openTelemetry(): OpenTelemetry | undefined {
  return found;
}

/** The span that what runs now belongs to. */
export function activeSpan(): Span | undefined {
  return found && spanIn(found.contexts.active());
}

export function spanIn(context: Context): Span | undefined {
  return context.getValue(SPAN_KEY) as Span | undefined;
}

export function withSpan(context: Context, span: Pick<Span, 'spanContext'> | undefined): Context {
  return context.setValue(SPAN_KEY, span);
}
