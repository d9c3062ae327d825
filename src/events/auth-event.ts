import type { RevocationReason } from '../sessions/session-types.js';

/** Where an event comes from. No field is secret; the user agent is text that the client chose. */
export interface EventOrigin {
  userId?: string;
  sessionId?: string;
  ip?: string;
  userAgent?: string;
  /** The id of the HTTP request, as in the log and in error bodies. */
  requestId?: string;
  /** The trace that the request belongs to, as in the header of W3C Trace Context. */
  traceparent?: string;
  /** What tracing systems added to it; passed on to webhooks, not stored. */
  tracestate?: string;
}

/** The account that someone tried to log in to. */
export interface TriedAccount {
  /** Masked: `a***@example.com`. */
  email: string;
  /** The same for all attempts on one account within this process, even if it does not exist; meaningless elsewhere. */
  account: string;
}

/** Why a refresh was refused. Token reuse is a separate event. */
export type RefreshFailure = 'invalid' | 'unknown' | 'expired' | 'revoked' | 'user-disabled';

/** The rule that raised an alert. */
export type AlertRule =
  | 'refresh-token-reused'
  | 'many-failures-on-account'
  | 'many-accounts-from-address'
  | 'new-device'
  | 'password-off';

/** The kinds of event, and what each carries in addition to its {@link EventOrigin}. */
export interface EventDetails {
  registered: { email: string };
  /** `knownDevice`: the device has proven that it has signed in to this account before. */
  'logged-in': { email: string; knownDevice?: true };
  'login-failed': TriedAccount & { reason: 'unknown-account' | 'wrong-password' | 'disabled' };
  /** A rate limit refused a request. */
  throttled: { limit: string };
  refreshed: object;
  /** A replaced refresh token got its successor again: a lost response, or a second tab. */
  replayed: object;
  /** A refresh token was used a second time: two parties hold it. Its session has been ended. */
  reused: object;
  'refresh-failed': { reason: RefreshFailure };
  'logged-out': object;
  /** A session was ended by something other than its own logout. */
  'session-ended': { reason: RevocationReason };
  /** An operator ended the sessions of all users that began before a time: ISO 8601 in UTC. */
  'all-sessions-ended': { before: string; count: number };
  /** A single access token was revoked; its session continues. */
  'token-revoked': { tokenId: string };
  'password-changed': object;
  /** The current password given for a password change was wrong. */
  'password-change-failed': TriedAccount;
  /** Strangers have failed so often in a row that the owner should know; at most once a day for an account. */
  'password-attacked': { failures: number };
  /** Strangers have failed so often in a row that the password no longer works, except on devices that are known. */
  'password-off': object;
  /** A signed-in user has authenticated again within the session. */
  'stepped-up': { acr: string };
  /** The password given for that was wrong. */
  'step-up-failed': TriedAccount;
  /** A second factor was presented after the right password, or for a step-up, and was wrong. */
  'mfa-failed': { kind: string; use: 'login' | 'step-up' };
  'factor-added': { kind: string };
  'factor-removed': { kind: string };
  'recovery-codes-renewed': object;
  /** A recovery code was used instead of a second factor. */
  'recovery-code-used': { remaining: number };
  /** A response of an authenticator was refused, and why. */
  'passkey-rejected': { use: 'register' | 'login' | 'mfa' | 'step-up'; reason: string };
  /** The counter of a passkey went back, so a copy of it may exist: it can no longer be used. */
  'passkey-suspended': { passkeyId: string };
  'passkey-renamed': { passkeyId: string };
  /** A device was trusted to log in without a second factor. */
  'device-trusted': { deviceId: string };
  'device-untrusted': { deviceId: string };
  /** An operator has requested that all second factors be removed, which the owner can cancel. */
  'factors-reset-requested': object;
  'factors-reset-canceled': object;
  /** All second factors were removed, as an operator had requested. */
  'factors-reset': object;
  /** Somebody asked for a mail with which to replace the password of an account, whether or not it exists. */
  'password-reset-requested': TriedAccount;
  /** The password was replaced by the link of a mail. */
  'password-reset': object;
  /** The owner has proven to read the mail of the address. */
  'email-verified': object;
  'email-change-requested': object;
  'email-changed': object;
  /** The owner of the former address has taken the account back. */
  'email-change-undone': object;
  'name-changed': object;
  /** The owner has closed the account; it can be restored until it is deleted. */
  'account-closing': object;
  'account-restored': object;
  /** A closed account was deleted. */
  'account-closed': object;
  /** The owner got a copy of what is kept about them. */
  exported: object;
  'user-disabled': object;
  'user-enabled': object;
  'user-removed': object;
  /** An operator replaced the user's roles and permissions. */
  'access-changed': { roles: string[]; permissions: string[] };
  /** Accounts came from another system, in one batch. */
  'users-imported': { imported: number; source: string };
  'key-rotated': { kid: string };
  'key-retired': { kid: string };
  'key-removed': { kid: string };
  /** A mail was given up. `email` is masked; `reason` is what the mail server said, without addresses and tokens. */
  'mail-failed': { mailId: string; template: string; email: string; reason: string };
  alert: { rule: AlertRule; email?: string; count?: number; knownDevice?: true };
}

/** The kinds of event. */
export type AuthEventType = keyof EventDetails;

/** An event as passed to `AuthEvents.emit` and `AuthEvents.record`, which add its id and time. */
export type NewAuthEvent = {
  [Type in AuthEventType]: { type: Type } & EventDetails[Type] & EventOrigin;
}[AuthEventType];

/** A security event, discriminated by `type`. Never contains a secret. */
export type AuthEvent = NewAuthEvent & {
  /** A version 7 UUID. Within one process, later events have greater ids. */
  id: string;
  at: Date;
};

/** An event of one kind: `AuthEventOf<'reused'>`. */
export type AuthEventOf<Type extends AuthEventType> = Extract<AuthEvent, { type: Type }>;
