import type { PlacedEvent } from './exported-event.js';

/** The limits of a request. */
export const MOST_EVENTS = 500;
const MOST_BYTES = 1_000_000;

/** As many events as a request may hold, and at least one. */
export function fitting(events: readonly PlacedEvent[]): readonly PlacedEvent[] {
  let bytes = 0;
  const end = events.findIndex(({ line }) => (bytes += Buffer.byteLength(line) + 1) > MOST_BYTES);
  return end < 0 ? events : events.slice(0, Math.max(1, end));
}
