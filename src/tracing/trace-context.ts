/**
 * The trace that a request belongs to, as in the headers of W3C Trace Context. The client chooses it, so it correlates
 * and proves nothing.
 */
export interface TraceContext {
  /** `00-<trace id>-<span id>-<flags>`, in lower-case hex. */
  traceparent: string;
  /** What tracing systems have added, at most 512 characters. */
  tracestate?: string;
}

/** The ids in a log line. */
export interface TraceIds {
  traceId: string;
  spanId: string;
}

/** Where headers are read from. A header that was sent twice is one text here, joined by commas. */
export interface TraceHeaders {
  [name: string]: string | string[] | undefined;
}

const TRACEPARENT =
  /^(?<version>(?!ff)[\da-f]{2})-(?<traceId>(?!0{32})[\da-f]{32})-(?<spanId>(?!0{16})[\da-f]{16})-(?<flags>[\da-f]{2})(?<more>-.*)?$/;
/** Later versions may append fields. Nothing sensible is longer. */
const MAX_TRACEPARENT = 256;
const SAMPLED = 1;

const MAX_TRACESTATE = 512;
const MAX_MEMBERS = 32;
/** `key=value`: Trace Context §3.3.1.3. */
const MEMBER =
  /^(?<key>[a-z\d][a-z\d_*/-]{0,255}|[a-z\d][a-z\d_*/-]{0,240}@[a-z][a-z\d_*/-]{0,13})=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$/;

/**
 * Reads the headers of W3C Trace Context. Returns `undefined` for a `traceparent` that is missing or malformed. A
 * `tracestate` that is malformed or beyond the limits is left out as a whole.
 */
export function readTraceContext({ traceparent, tracestate }: TraceHeaders): TraceContext | undefined {
  if (typeof traceparent !== 'string' || traceparent.length > MAX_TRACEPARENT) return undefined;
  const { version, traceId, spanId, flags, more } = TRACEPARENT.exec(traceparent)?.groups ?? {};
  if (!version || (version === '00' && more)) return undefined;
  // Of a later version, only the sampled flag keeps its meaning (§2.2.4).
  const kept = version === '00' ? flags : toHex(Number.parseInt(flags!, 16) & SAMPLED);
  const state = readTraceState(tracestate);
  return { traceparent: `00-${traceId}-${spanId}-${kept}`, ...(state && { tracestate: state }) };
}

function readTraceState(given: TraceHeaders[string]): string | undefined {
  if (typeof given !== 'string' || given.length > MAX_TRACESTATE) return undefined;
  const members = given.split(',').map((member) => member.trim());
  const keys = members.filter(Boolean).map((member) => MEMBER.exec(member)?.groups?.key);
  const isValid =
    keys.length <= MAX_MEMBERS && !keys.includes(undefined) && new Set(keys).size === keys.length;
  return isValid ? members.filter(Boolean).join(',') || undefined : undefined;
}

/** Writes a `traceparent` of version 00. */
export function toTraceparent({ traceId, spanId }: TraceIds, flags: number): string {
  return `00-${traceId}-${spanId}-${toHex(flags)}`;
}

/** The ids in a `traceparent` that {@link readTraceContext} or {@link toTraceparent} has returned, for a log line. */
export function traceIdsOf(trace: { traceparent?: string } | undefined): TraceIds | undefined {
  if (!trace?.traceparent) return undefined;
  const [, traceId = '', spanId = ''] = trace.traceparent.split('-');
  return { traceId, spanId };
}

function toHex(flags: number): string {
  return (flags & 0xff).toString(16).padStart(2, '0');
}
