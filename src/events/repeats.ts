import type { AuthEvent } from './auth-event.js';

const MINUTE_MS = 60_000;
const CAPACITY = 1_000;

/**
 * Tells which refusals of a rate limit say nothing new: one a minute is enough for each limit and address. Whoever sends
 * a flood of requests must not fill the audit trail with it, nor push other events out.
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
