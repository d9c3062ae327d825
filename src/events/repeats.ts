import type { AuthEvent } from './auth-event.js';

const MINUTE_MS = 60_000;
const CAPACITY = 1_000;

/**
 * Finds `throttled` events that say nothing new: one per minute is enough for each limit and address. A flood of
 * requests must not fill the audit trail or push other events out of it.
 */
export class Repeats {
  private readonly seen = new Map<string, number>();

  has(event: AuthEvent): boolean {
    if (event.type !== 'throttled') return false;
    const key = `${event.limit} ${event.ip}`;
    const now = event.at.getTime();
    if (now - (this.seen.get(key) ?? -Infinity) < MINUTE_MS) return true;
    this.seen.delete(key);
    if (this.seen.size >= CAPACITY) this.seen.delete(this.seen.keys().next().value!);
    this.seen.set(key, now);
    return false;
  }
}
