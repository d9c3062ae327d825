import type { SessionAuthentication, StoredAuthentication } from './authentication.js';
import type { Refusal } from './reuse-policy.js';

/** Where a call came from. A login's is kept with the session, so that its owner can recognize it. */
export interface ClientInfo {
  ip?: string;
  userAgent?: string;
  /** The id of the HTTP request, included in the events it causes. */
  requestId?: string;
  /** The request's trace, as in the header of W3C Trace Context, included in the events it causes. */
  traceparent?: string;
  tracestate?: string;
}

/** A live session as the database sees it; `now` is the database's time of the query. */
export interface Session extends StoredAuthentication {
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

/** A session to be started, with its ids already chosen. */
export interface NewSession extends ClientInfo {
  id: string;
  userId: string;
  jti: string;
  /** Default: with a password, now. */
  authentication?: SessionAuthentication;
}

/** A refresh token of a session, presented to be rotated. */
export interface Presentation {
  sid: string;
  jti: string;
  /** The id of the next refresh token, if this presentation rotates the session. */
  nextJti: string;
}

/** The outcome of a rotation: a new refresh token, the same successor again (`replayed`), or a refusal. */
export type RotationOutcome = { outcome: 'rotated' | 'replayed'; session: Session } | { outcome: Refusal };

/** What one step of ending many sessions did. */
export interface EndedSessions {
  /** The time before which sessions end, in whole milliseconds. */
  before: Date;
  /** The ids of the sessions that this step ended. */
  ended: string[];
  /** Where the next step starts; `null` after the last one. */
  next: string | null;
  /** True if some of the sessions could not be looked at, because a database does not answer. Default: false. */
  isPartial?: boolean;
}

/** Why a session was ended, as stored in its row and in events. */
export type RevocationReason =
  | 'logout'
  | 'logout-all'
  | 'reuse'
  | 'password-changed'
  | 'password-reset'
  | 'email-changed'
  | 'factors-changed'
  | 'account-closing'
  | 'user-disabled'
  | 'ended'
  | 'too-many';

/** Lifetimes are in seconds. */
export interface SessionLimits {
  idleTtl: number;
  absoluteTtl: number;
  leeway: number;
  rotation: boolean;
  /** The maximum number of live sessions per user; 0 for no limit. */
  maxPerUser: number;
  /** What a login over the limit does: end the least recently used session (`evict`), or fail (`refuse`). */
  whenFull: 'evict' | 'refuse';
}
