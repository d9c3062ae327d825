/**
 * What users can do with their account: sessions, password, second factors, passkeys, events; and confirming who they are.
 * @module latchkey/account
 */
import { inPath, requestsOf } from './account-requests.js';
import { userIn } from './answer.js';
import type { CallOptions } from './call-options.js';
import type { LatchkeyClient } from './client-types.js';
import {
  type Enrolment,
  factorsOf,
  type LatchkeyDevice,
  type LatchkeyFactor,
  type LatchkeyFactors,
  type NewAuthenticator,
  type NewPasskey,
  type RecoveryCodes,
} from './factors.js';
import { type LatchkeyLinks, linksOf } from './links.js';
import { type LatchkeyPasskeys, passkeysOf } from './passkeys.js';
import {
  type AskToStepUp,
  type NeededAuthentication,
  stepUp,
  type StepUpProof,
  withStepUp,
} from './step-up.js';

export type {
  AskToStepUp,
  Enrolment,
  LatchkeyDevice,
  LatchkeyFactor,
  LatchkeyFactors,
  LatchkeyLinks,
  LatchkeyPasskeys,
  NeededAuthentication,
  NewAuthenticator,
  NewPasskey,
  RecoveryCodes,
  StepUpProof,
};
export { factorsOf, linksOf, passkeysOf, withStepUp };

/** One login of the user: a browser, an app. Times are ISO 8601 in UTC. */
export interface LatchkeySession {
  id: string;
  createdAt: string;
  /** The last refresh, or the login. */
  lastUsedAt: string;
  /** When it ends unless it is refreshed first. */
  expiresAt: string;
  ip: string | null;
  userAgent: string | null;
  /** A name to show to people, such as `Firefox on Linux`. */
  device: string | null;
  /** Whether it is the session of this browser. */
  current: boolean;
}

/** Something that happened to the account. Which other members there are depends on the type. */
export interface LatchkeyEvent {
  /** Such as `logged-in`. */
  type: string;
  /** ISO 8601 in UTC. */
  at: string;
  sessionId: string | null;
  ip: string | null;
  userAgent: string | null;
  /** A name to show to people, such as `Firefox on Linux`. */
  device: string | null;
  requestId: string | null;
  [detail: string]: unknown;
}

/** The calls for signed-in users about their account. Failures are `LatchkeyError`s. */
export interface LatchkeyAccount {
  /** The live sessions of the user, most recently used first. */
  sessions(options?: CallOptions): Promise<LatchkeySession[]>;
  /** Ends one session. To end that of this browser, call `logout`. @throws LatchkeyError `NOT_FOUND` */
  endSession(id: string, options?: CallOptions): Promise<void>;
  /** Ends all sessions except that of this browser. */
  endOtherSessions(options?: CallOptions): Promise<void>;
  /** Ends all sessions, including that of this browser. */
  logoutAll(options?: CallOptions): Promise<void>;
  /** Also ends all other sessions. @throws LatchkeyError `INVALID_CREDENTIALS`, `VALIDATION_FAILED`, … */
  changePassword(
    passwords: { currentPassword: string; newPassword: string },
    options?: CallOptions,
  ): Promise<void>;
  /**
   * Confirms who the user is, within the session, for an action that requires it. See also `withStepUp`.
   * @throws LatchkeyError `INVALID_CREDENTIALS`, `INVALID_CODE`, `PASSKEY_REJECTED`, `RATE_LIMITED`, …
   */
  stepUp(proof: StepUpProof, options?: CallOptions): Promise<void>;
  /** Mails the link that proves the address again. */
  resendVerification(options?: CallOptions): Promise<void>;
  /** Mails a link to the new address, which replaces the old one once it is followed. */
  changeEmail(newEmail: string, options?: CallOptions): Promise<void>;
  /** @throws LatchkeyError `VALIDATION_FAILED`, … */
  changeName(name: string | null, options?: CallOptions): Promise<void>;
  /** Closes the account: it is deleted after two weeks. Signs this browser out. */
  close(options?: CallOptions): Promise<void>;
  /** Everything that is kept about the user. */
  exportData(options?: CallOptions): Promise<Record<string, unknown>>;
  /** The newest security events of the account. `limit`: 1 to 100, 50 by default. */
  events(options?: CallOptions & { limit?: number }): Promise<LatchkeyEvent[]>;
}

/** The account of the user whom the client has signed in. Apart from the client, so that only pages that need it load it. */
export function accountOf(client: Pick<LatchkeyClient, 'fetch' | 'logout' | 'refresh'>): LatchkeyAccount {
  const { act, ask, list, send } = requestsOf(client);
  return {
    sessions: (options) => list('auth/sessions', options),
    async endSession(id, options) {
      await act('DELETE', `auth/sessions/${inPath(id, 'endSession')}`, options);
    },
    endOtherSessions: (options) => act('DELETE', 'auth/sessions', options),
    async logoutAll(options) {
      await act('POST', 'auth/logout-all', options);
      await client.logout(options); // tells the other tabs
    },
    changePassword: ({ currentPassword, newPassword }, options) =>
      act('POST', 'auth/password', options, { currentPassword, newPassword }),
    stepUp: (proof, options) => stepUp(client, proof, options),
    resendVerification: (options) => act('POST', 'auth/email/verification', options),
    changeEmail: (newEmail, options) => act('POST', 'auth/email', options, { newEmail }),
    changeName: async (name, options) => void userIn(await send('PATCH', 'auth/me', options, { name })),
    async close(options) {
      await act('DELETE', 'auth/me', options);
      await client.logout(options); // tells the other tabs
    },
    exportData: (options) => ask(['GET', 'auth/me/export', options]),
    events: ({ limit, ...options } = {}) =>
      list(`auth/events${limit === undefined ? '' : `?limit=${limit}`}`, options),
  };
}
