import type { AuditEvent } from '../events/audit-event.entity.js';

/**
 * An event as it is exported: exactly what the audit trail has of it. The same `id` means the same event; if it comes
 * again with a greater `count`, it has been repeated meanwhile.
 */
export type ExportedEvent = Pick<
  AuditEvent,
  'id' | 'at' | 'type' | 'userId' | 'sessionId' | 'ip' | 'userAgent' | 'requestId' | 'count' | 'details'
>;

/** A place in the order in which the audit trail is exported: (transaction, id). */
export interface Place {
  xid: string;
  id: string;
}

/** An event and its place. */
export interface PlacedEvent extends Place {
  at: Date;
  /** The event as JSON, without a line break. */
  line: string;
}

/** After all events of a transaction. */
export const LAST_ID = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/** Turns a place into text that a client may keep, and only hand back. */
export function printCursor({ xid, id }: Place): string {
  return Buffer.from(`${xid}:${id}`).toString('base64url');
}

/** Reads what {@link printCursor} has made; `null` for anything else. */
export function parseCursor(text: string): Place | null {
  const match = /^(-1|\d{1,18}):([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/.exec(
    Buffer.from(text, 'base64url').toString(),
  );
  return match && { xid: match[1]!, id: match[2]! };
}
