import { readTraceContext, traceIdsOf } from '../../../src/tracing/trace-context.js';

const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN_ID = '00f067aa0ba902b7';
const PARENT = `00-${TRACE_ID}-${SPAN_ID}-01`;

const stateOf = (tracestate: string | string[]) =>
  readTraceContext({ traceparent: PARENT, tracestate })?.tracestate;

describe('the header traceparent', () => {
  it('is passed on as it came, and gives a log line its ids', () => {
    const trace = readTraceContext({ traceparent: PARENT });
    expect(trace).toEqual({ traceparent: PARENT });
    expect(traceIdsOf(trace)).toEqual({ traceId: TRACE_ID, spanId: SPAN_ID });
    expect(traceIdsOf(undefined)).toBeUndefined();
  });

  it.each([
    ['nothing', undefined],
    ['an empty text', ''],
    ['two values', `${PARENT}, ${PARENT}`],
    ['a list', [PARENT, PARENT]],
    ['upper case', PARENT.toUpperCase()],
    ['the version ff', `ff${PARENT.slice(2)}`],
    ['a version that is not hex', `0x${PARENT.slice(2)}`],
    ['a trace id of zeros', `00-${'0'.repeat(32)}-${SPAN_ID}-01`],
    ['a span id of zeros', `00-${TRACE_ID}-${'0'.repeat(16)}-01`],
    ['a short trace id', `00-${TRACE_ID.slice(1)}-${SPAN_ID}-01`],
    ['a long span id', `00-${TRACE_ID}-${SPAN_ID}a-01`],
    ['one digit of flags', `00-${TRACE_ID}-${SPAN_ID}-1`],
    ['more than version 00 has', `${PARENT}-more`],
    ['a trailing dash', `${PARENT}-`],
    ['blanks', ` ${PARENT}`],
    ['a line break', `${PARENT}\n`],
    ['a later version with something else than a dash', `01${PARENT.slice(2)}.more`],
    ['a later version that is endless', `01${PARENT.slice(2)}-${'a'.repeat(300)}`],
  ])('is ignored if it is malformed: %s', (_, traceparent) => {
    expect(readTraceContext({ traceparent })).toBeUndefined();
  });

  it('of a later version is read as far as version 00 knows it', () => {
    expect(readTraceContext({ traceparent: `cc-${TRACE_ID}-${SPAN_ID}-ff-what-will-be` })).toEqual({
      traceparent: PARENT,
    });
    expect(readTraceContext({ traceparent: `01-${TRACE_ID}-${SPAN_ID}-02` })).toEqual({
      traceparent: `00-${TRACE_ID}-${SPAN_ID}-00`,
    });
  });
});

describe('the header tracestate', () => {
  it.each([
    ['one member', 'rojo=00f067aa0ba902b7', 'rojo=00f067aa0ba902b7'],
    ['blanks and empty members', ' a=1 ,,\tb=2', 'a=1,b=2'],
    ['a key of a tenant', '1tenant@vendor=x y', '1tenant@vendor=x y'],
    ['32 members', members(32), members(32)],
  ])('is passed on: %s', (_, given, kept) => {
    expect(stateOf(given)).toBe(kept);
  });

  it.each([
    ['nothing in it', ' , '],
    ['33 members', members(33)],
    ['more than 512 characters', `${members(3)},k=${'v'.repeat(500)}`],
    ['a key twice', 'a=1,b=2,a=3'],
    ['an upper-case key', 'A=1'],
    ['no value', 'a='],
    ['no key', '=1'],
    ['two equals signs', 'a=1=2'],
    ['a control character', 'a=1\u0007'],
    ['a line break', 'a=1\r\nX-Injected: 1'],
    ['text beyond ASCII', 'a=ü'],
    ['a key that is too long', `${'k'.repeat(257)}=1`],
    ['a value that is too long', `k=${'v'.repeat(257)}`],
  ])('is left out as a whole, and the trace remains: %s', (_, tracestate) => {
    expect(readTraceContext({ traceparent: PARENT, tracestate })).toEqual({ traceparent: PARENT });
  });

  it('means nothing without a traceparent', () => {
    expect(readTraceContext({ tracestate: 'a=1' })).toBeUndefined();
    expect(readTraceContext({ traceparent: 'nonsense', tracestate: 'a=1' })).toBeUndefined();
  });

  it('takes no longer for texts made to slow a parser down', () => {
    const began = performance.now();
    for (const text of [' \t'.repeat(256), ','.repeat(512), 'a='.repeat(256), `${'a'.repeat(511)}=`])
      for (let i = 0; i < 200; i++) stateOf(text);
    expect(performance.now() - began).toBeLessThan(1_000);
  });
});

function members(count: number): string {
  return Array.from({ length: count }, (_, index) => `k${index}=v`).join(',');
}
