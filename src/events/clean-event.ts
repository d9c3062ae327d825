const MAX_LENGTHS: Record<string, number> = { ip: 60, sessionId: 100, requestId: 100, userAgent: 400 };
const MAX_LENGTH = 254;

const UNFIT = /[\p{Cc}\p{Cs}\u2028\u2029]/u;
const ALL_UNFIT = new RegExp(UNFIT, 'gu');

/** Its texts made fit for tables, logs and terminals: no control characters, no broken Unicode, none too long. */
export function cleanEvent<Event extends object>(event: Event): Event {
  const clean: Record<string, unknown> = Object.fromEntries(Object.entries(event));
  for (const [name, value] of Object.entries(event)) {
    if (typeof value === 'string') clean[name] = cleanText(value, MAX_LENGTHS[name] ?? MAX_LENGTH);
  }
  return clean as Event;
}

function cleanText(text: string, length: number): string | undefined {
  const short = text.slice(0, length);
  return (UNFIT.test(short) ? short.replaceAll(ALL_UNFIT, '') : short) || undefined;
}
