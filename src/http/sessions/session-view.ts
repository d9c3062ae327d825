import { deviceName } from '../../events/device.js';
import type { SessionInfo } from '../../sessions/session-types.js';

/** What a user sees of one of their sessions. Times are ISO 8601 in UTC. */
export interface SessionView {
  id: string;
  createdAt: string;
  /** The last refresh, or the login. */
  lastUsedAt: string;
  /** When it ends unless it is refreshed first. */
  expiresAt: string;
  ip: string | null;
  userAgent: string | null;
  /** A name to show to people, such as `Firefox on Linux`; `null` when the user agent is not recognized. */
  device: string | null;
  /** Whether this is the session of the request. */
  current: boolean;
}

/**
 * Converts a session to its view.
 * @param currentId the id of the session that makes the request
 */
export function toSessionView(session: SessionInfo, currentId: string): SessionView {
  return {
    id: session.id,
    createdAt: session.createdAt.toISOString(),
    lastUsedAt: session.lastUsedAt.toISOString(),
    expiresAt: session.expiresAt.toISOString(),
    ip: session.ip,
    userAgent: session.userAgent,
    device: deviceName(session.userAgent),
    current: session.id === currentId,
  };
}
