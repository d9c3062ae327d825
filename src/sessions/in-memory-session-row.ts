import type { StoredAuthentication } from './authentication.js';
import type { SessionInfo } from './session-types.js';

/** Times are in milliseconds since the epoch. */
export interface SessionRow extends Omit<StoredAuthentication, 'authTime'> {
  authTime?: number;
  id: string;
  userId: string;
  currentJti: string;
  previousJti: string | null;
  createdAt: number;
  rotatedAt: number;
  lastUsedAt: number;
  expiresAt: number;
  absoluteExpiresAt: number;
  revoked: boolean;
  ip: string | null;
  userAgent: string | null;
}

export function infoOf({ id, createdAt, lastUsedAt, expiresAt, ip, userAgent }: SessionRow): SessionInfo {
  return {
    id,
    createdAt: new Date(createdAt),
    lastUsedAt: new Date(lastUsedAt),
    expiresAt: new Date(expiresAt),
    ip,
    userAgent,
  };
}
