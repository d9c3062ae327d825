import { lookForOpenTelemetry, type SpanAttributes } from '../../../src/tracing/open-telemetry.js';
import { activeTrace, inSpan, isTraced, outsideTraces, traceOf } from '../../../src/tracing/spans.js';

const REGISTRY = Symbol.for('opentelemetry.js.api.1');
const SPAN_KEY = Symbol.for('OpenTelemetry Context Key SPAN');
const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';

const world = globalThis as { [REGISTRY]?: object };

interface Recorded {
  name: string;
  attributes: SpanAttributes;
  parentId: string | undefined;
  status?: number;
  ended: boolean;
}

class FakeContext {
  constructor(private readonly values: ReadonlyMap<symbol, unknown> = new Map()) {}
  getValue(key: symbol): unknown {
    return this.values.get(key);
  }
  setValue(key: symbol, value: unknown): FakeContext {
    return new FakeContext(new Map([...this.values, [key, value]]));
  }
}

/** What an SDK registers, as far as synchronous code needs it; the version of the API does not matter. */
function register(without?: 'context'): Recorded[] {
  const recorded: Recorded[] = [];
  let active = new FakeContext();
  const startSpan = (name: string, { attributes }: { attributes: SpanAttributes }, parent: FakeContext) => {
    const outer = parent.getValue(SPAN_KEY) as { spanContext(): { spanId: string } } | undefined;
    const span: Recorded = {
      name,
      attributes: { ...attributes },
      parentId: outer?.spanContext().spanId,
      ended: false,
    };
    recorded.push(span);
    const spanId = String(recorded.length).padStart(16, '0');
    return {
      spanContext: () => ({ traceId: TRACE_ID, spanId, traceFlags: 1 }),
      setAttribute: (key: string, value: string) => (span.attributes[key] = value),
      setStatus: ({ code }: { code: number }) => (span.status = code),
      end: () => (span.ended = true),
    };
  };
  const context = {
    active: () => active,
    with(next: FakeContext, work: () => unknown) {
      const before = active;
      active = next;
      try {
        return work();
      } finally {
        active = before;
      }
    },
  };
  world[REGISTRY] = {
    version: '1.0.0',
    trace: { getTracer: () => ({ startSpan }) },
    ...(without !== 'context' && { context }),
  };
  lookForOpenTelemetry();
  return recorded;
}

afterEach(() => {
  delete world[REGISTRY];
  lookForOpenTelemetry();
});

describe('without OpenTelemetry', () => {
  it('work runs as if there were no spans: its own promise is returned', () => {
    lookForOpenTelemetry();
    const promise = Promise.resolve(1);
    expect(inSpan('anything', {}, () => promise)).toBe(promise);
    expect([isTraced(), activeTrace(), traceOf({}), outsideTraces(() => 2)]).toEqual([
      false,
      undefined,
      undefined,
      2,
    ]);
  });

  it('nothing is made either where spans would not know what they belong to', () => {
    register('context');
    const promise = Promise.resolve(1);
    expect(inSpan('anything', {}, () => promise)).toBe(promise);
  });
});

describe('with what any version 1 of the API has registered', () => {
  it('spans contain each other', async () => {
    const recorded = register();
    await inSpan('outer', {}, () => {
      expect(isTraced()).toBe(true);
      expect(activeTrace()).toEqual({ traceparent: `00-${TRACE_ID}-0000000000000001-01` });
      return inSpan('inner', { attributes: { a: 1 } }, async () => undefined);
    });
    expect(recorded).toEqual([
      { name: 'outer', attributes: {}, parentId: undefined, ended: true },
      { name: 'inner', attributes: { a: 1 }, parentId: '0000000000000001', ended: true },
    ]);
  });

  it.each([
    ['the code', Object.assign(new Error('duplicate key (ada@example.com)'), { code: '23505' }), '23505'],
    ['the name', new TypeError('ada@example.com'), 'TypeError'],
    ['nothing', 'ada@example.com', '_OTHER'],
  ])('a failure has %s of its error and never its message', async (_, error, type) => {
    const recorded = register();
    await expect(inSpan('failing', {}, () => Promise.reject(error as Error))).rejects.toBe(error);
    expect(recorded).toEqual([
      { name: 'failing', attributes: { 'error.type': type }, parentId: undefined, status: 2, ended: true },
    ]);
  });

  it('work may continue another trace, or begin one', async () => {
    const recorded = register();
    await inSpan('outer', {}, async () => {
      const parent = { traceparent: `00-${TRACE_ID}-00f067aa0ba902b7-01` };
      void inSpan('continued', { parent }, async () => undefined);
      void inSpan('begun', { parent: null }, async () => undefined);
      outsideTraces(() => expect(isTraced()).toBe(false));
    });
    expect(recorded.map(({ name, parentId }) => [name, parentId])).toEqual([
      ['outer', undefined],
      ['continued', '00f067aa0ba902b7'],
      ['begun', undefined],
    ]);
  });

  it('the trace of a request is that of the active span rather than that of its headers', async () => {
    register();
    const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-00`;
    expect(traceOf({ traceparent })).toEqual({ traceparent });
    await inSpan('active', {}, async () => {
      expect(traceOf({ traceparent })).toEqual({ traceparent: `00-${TRACE_ID}-0000000000000001-01` });
    });
  });
});
