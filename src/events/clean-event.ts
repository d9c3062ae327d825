const MAX_LENGTHS = new Map(
  Object.entries({ ip: 60, sessionId: 100, requestId: 100, userAgent: 400, tracestate: 512 }),
);
const MAX_LENGTH = 254;

/** Control characters, line separators, and lone surrogates. */
const UNFIT = /[\p{Cc}\p{Cs}\u2028\u2029]/gu;
/** Matches all of those and surrogate pairs too, but is much faster, and almost no text contains any. */
// oxlint-disable-next-line eslint/no-control-regex
const SUSPECT = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\ud800-\udfff]/;

/** Cleans an event's text for tables, logs and terminals: no control characters, valid Unicode, limited length. */
export function cleanEvent<Event extends object>(event: Event): Event {
  const clean = { ...event };
  for (const name in clean) {
    const value: unknown = clean[name];
    if (typeof value !== 'string') continue;
    const text = cleanText(value, MAX_LENGTHS.get(name) ?? MAX_LENGTH);
    if (text !== value) clean[name] = text as (typeof clean)[typeof name];
  }
  return clean;
}

function cleanText(text: string, length: number): string | undefined {
  const short = text.slice(0, length);
  return (SUSPECT.test(short) ? short.replaceAll(UNFIT, '') : short) || undefined;
}
