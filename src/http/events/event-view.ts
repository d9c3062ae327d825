import { deviceName } from '../../events/device.js';
import type { KeptEvent } from '../../events/audit.store.js';

/** What a user sees of one of their security events; beside these members, what else is known by its type. */
export interface EventView {
  type: string;
  /** ISO 8601 in UTC. */
  at: string;
  sessionId: string | null;
  ip: string | null;
  userAgent: string | null;
  /** For people, such as `Firefox on Linux`; `null` when the user agent says nothing known. */
  device: string | null;
  requestId: string | null;
  [detail: string]: unknown;
}

/** Leaves out the id of the event and that of the user, who asks for their own only. */
export function toEventView({
  details,
  at,
  type,
  sessionId,
  ip,
  userAgent,
  requestId,
}: KeptEvent): EventView {
  const device = deviceName(userAgent);
  return { ...details, type, at: at.toISOString(), sessionId, ip, userAgent, device, requestId };
}
