import { createHash } from 'node:crypto';
import type { AuthEvent } from './auth-event.js';
import { clientNetwork } from './client-network.js';

const MINUTE_MS = 60_000;
/** The maximum number of different repeatable events per minute; beyond it, the client's network is ignored. */
const MAX_PER_MINUTE = 100;
/** Details that differ from one attempt to the next. */
const VARYING = new Set([
  'id',
  'at',
  'ip',
  'userAgent',
  'requestId',
  'traceparent',
  'tracestate',
  'email',
  'account',
  'count',
]);

/** How often an event has happened, and what all its repeats have in common. */
export interface Repeat {
  /** The same for all repeats within a minute, on every instance. */
  key: string;
  count: number;
}

/**
 * Folds events that strangers can cause as often as they like: a flood of requests must not fill the audit trail or push
 * other events out of it. Repeats have the same type, details, network (an IPv4 address or an IPv6 /48) and minute.
 */
export class Repeats {
  private readonly repeats = new WeakMap<AuthEvent, Repeat>();
  /** The events that have not been written yet, by key. */
  private readonly waiting = new Map<string, AuthEvent>();
  private readonly seen = new Set<string>();
  private minute = 0;

  /** Returns the event to store, or null if it has been counted as a repeat of one that has not been written yet. */
  fold(event: AuthEvent): AuthEvent | null {
    if (!isRepeatable(event)) return event;
    const { stored, key } = this.limited(event);
    const first = this.waiting.get(key);
    if (first) {
      this.repeats.get(first)!.count++;
      return null;
    }
    this.waiting.set(key, stored);
    this.repeats.set(stored, { key, count: 1 });
    return stored;
  }

  /** Returns the count of an event; `undefined` for one that is never folded. */
  of(event: AuthEvent): Repeat | undefined {
    return this.repeats.get(event);
  }

  /** These events are being written, or dropped: from now on, their counts no longer change. */
  close(events: readonly AuthEvent[]): void {
    for (const event of events) {
      const key = this.repeats.get(event)?.key;
      if (key !== undefined && this.waiting.get(key) === event) this.waiting.delete(key);
    }
  }

  private limited(event: AuthEvent): { stored: AuthEvent; key: string } {
    const minute = Math.floor(event.at.getTime() / MINUTE_MS);
    if (minute !== this.minute) this.seen.clear();
    this.minute = minute;
    const key = keyOf(event, minute);
    if (this.seen.has(key) || this.seen.size < MAX_PER_MINUTE) {
      this.seen.add(key);
      return { stored: event, key };
    }
    const { id, at, type, userId } = event;
    // What remains is not a complete event of its type, but it is only stored, and a row needs no more.
    const stored = { id, at, type, userId } as AuthEvent;
    return { stored, key: keyOf(stored, minute) };
  }
}

/** Events of strangers, and those that anyone can cause for a user or with an old token of one. */
function isRepeatable({ type, userId, ip }: AuthEvent): boolean {
  if (type === 'throttled' || type === 'refresh-failed') return true;
  return userId === undefined && ip !== undefined && type !== 'token-revoked';
}

function keyOf(event: AuthEvent, minute: number): string {
  const network = event.ip === undefined ? null : clientNetwork(event.ip, 48);
  const same = Object.entries(event).filter(([name, value]) => !VARYING.has(name) && value !== undefined);
  const text = JSON.stringify([minute, network, same.toSorted(([a], [b]) => (a < b ? -1 : 1))]);
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}
