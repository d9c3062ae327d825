import type { RevocationReason } from '../sessions/session-types.js';

/** Where an event comes from. No member is a secret; the user agent is text anyone may choose. */
export interface EventOrigin {
  userId?: string;
  sessionId?: string;
  ip?: string;
  userAgent?: string;
  /** The id of the HTTP request, as the log and the error bodies have it. */
  requestId?: string;
}

/** The account whose password was tried. */
export interface TriedAccount {
  /** Masked: `a***@example.com`. */
  email: string;
  /** The same for all tries on one account within this process, whether or not it exists; means nothing elsewhere. */
  account: string;
}

/** Why a refresh was refused. Reuse of a token is an event of its own. */
export type RefreshFailure = 'invalid' | 'unknown' | 'expired' | 'revoked' | 'user-disabled';

/** What made an alert. */
export type AlertRule =
  'refresh-token-reused' | 'many-failures-on-account' | 'many-accounts-from-address' | 'new-device';

/** What happened, by kind, and what is known about it beside its {@link EventOrigin}. */
export interface EventDetails {
  registered: { email: string };
  'logged-in': { email: string };
  'login-failed': TriedAccount & { reason: 'unknown-account' | 'wrong-password' | 'disabled' };
  /** A rate limit refused a request. */
  throttled: { limit: string };
  refreshed: object;
  /** A replaced refresh token got its successor again: a lost answer, or a second tab. */
  replayed: object;
  /** A refresh token was used a second time: two parties hold it. Its session has been ended. */
  reused: object;
  'refresh-failed': { reason: RefreshFailure };
  'logged-out': object;
  /** A session was ended other than by its own logout. */
  'session-ended': { reason: RevocationReason };
  /** One access token was revoked by itself. */
  'token-revoked': { tokenId: string };
  'password-changed': object;
  /** The current password given for a change was wrong. */
  'password-change-failed': TriedAccount;
  'user-disabled': object;
  'user-enabled': object;
  'key-rotated': { kid: string };
  'key-retired': { kid: string };
  'key-removed': { kid: string };
  alert: { rule: AlertRule; email?: string; count?: number };
}

/** The kinds of event. */
export type AuthEventType = keyof EventDetails;

/** An event as whoever notices it tells it. */
export type NewAuthEvent = {
  [Type in AuthEventType]: { type: Type } & EventDetails[Type] & EventOrigin;
}[AuthEventType];

/** Something that happened which matters to security; tell the kinds apart by `type`. Never holds a secret. */
export type AuthEvent = NewAuthEvent & {
  /** A UUID of version 7: later events have greater ones, within one process. */
  id: string;
  at: Date;
};

/** An event of one kind: `AuthEventOf<'reused'>`. */
export type AuthEventOf<Type extends AuthEventType> = Extract<AuthEvent, { type: Type }>;
