import { deviceName } from '../../events/device.js';
import type { KeptEvent } from '../../events/audit.store.js';

/** What a user sees of one of their security events: these fields, plus the details that its type carries. */
export interface EventView {
  type: string;
  /** ISO 8601 in UTC. */
  at: string;
  sessionId: string | null;
  ip: string | null;
  userAgent: string | null;
  /** A name to show to people, such as `Firefox on Linux`; `null` when the user agent is not recognized. */
  device: string | null;
  requestId: string | null;
  /** How often this happened within a minute, if more than once; everything else describes the first time. */
  count?: number;
  [detail: string]: unknown;
}

/** Converts a stored event; omits its id and its user's id, since users see only their own events. */
export function toEventView({
  details,
  at,
  type,
  sessionId,
  ip,
  userAgent,
  requestId,
  count,
}: KeptEvent): EventView {
  const device = deviceName(userAgent);
  const { traceparent: _, ...shown } = details; // of the operator's tracing system
  const view = { ...shown, type, at: at.toISOString(), sessionId, ip, userAgent, device, requestId };
  return count > 1 ? { ...view, count } : view;
}
