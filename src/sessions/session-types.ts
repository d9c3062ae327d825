import type { Refusal } from './reuse-policy.js';

/** Where a call came from; a login's is kept with the session so that its owner can recognise it. */
export interface ClientInfo {
  ip?: string;
  userAgent?: string;
  /** The id of the HTTP request, for the events that come of it. */
  requestId?: string;
}
/** A live session as the database sees it, with the database's time of looking. */
export interface Session {
  id: string;
  userId: string;
  currentJti: string;
  createdAt: Date;
  /** When the current refresh token was issued. */
  rotatedAt: Date;
  expiresAt: Date;
  absoluteExpiresAt: Date;
  now: Date;
}

/** A session as its owner may see it. */
export interface SessionInfo {
  id: string;
  createdAt: Date;
  lastUsedAt: Date;
  expiresAt: Date;
  ip: string | null;
  userAgent: string | null;
}

/** A session to be started, with ids already chosen. */
export interface NewSession extends ClientInfo {
  id: string;
  userId: string;
  jti: string;
}

/** A refresh token of a session, presented to move the session on. */
export interface Presentation {
  sid: string;
  jti: string;
  /** The token id that takes over if this presentation is the one that moves the session on. */
  nextJti: string;
}

/** What became of it: a new refresh token, the same successor again (`replayed`), or a refusal. */
export type RotationOutcome = { outcome: 'rotated' | 'replayed'; session: Session } | { outcome: Refusal };

/** Why a session was ended, as it stands in its row and in events. */
export type RevocationReason =
  'logout' | 'logout-all' | 'reuse' | 'password-changed' | 'user-disabled' | 'ended' | 'too-many';

/** Lifetimes in seconds. */
export interface SessionLimits {
  idleTtl: number;
  absoluteTtl: number;
  leeway: number;
  rotation: boolean;
  /** Live sessions a user may have; 0: any number. */
  maxPerUser: number;
  /** What a login does that would be one too many: end the session not used for longest, or be refused itself. */
  whenFull: 'evict' | 'refuse';
}
