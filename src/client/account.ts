/**
 * What signed-in users can do with their account: sessions, password, events; and confirming who they are.
 * @module latchkey/account
 */
import { type Answer, askWith, errorOf, isAccepted, userIn } from './answer.js';
import { type CallOptions, withinOptions } from './call-options.js';
import type { LatchkeyClient } from './client-types.js';
import { type AskPassword, type NeededAuthentication, stepUp, withStepUp } from './step-up.js';

export { type AskPassword, type NeededAuthentication, withStepUp };

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
   * @throws LatchkeyError `INVALID_CREDENTIALS`, `RATE_LIMITED`, …
   */
  stepUp(credentials: { password: string }, options?: CallOptions): Promise<void>;
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
  return {
    sessions: (options) => list('auth/sessions', options),
    async endSession(id, options) {
      // In a URL these are the list of sessions, or its parent.
      if (['', '.', '..'].includes(id)) throw new TypeError('endSession needs the id of a session.');
      await act('DELETE', `auth/sessions/${encodeURIComponent(id)}`, options);
    },
    endOtherSessions: (options) => act('DELETE', 'auth/sessions', options),
    async logoutAll(options) {
      await act('POST', 'auth/logout-all', options);
      await client.logout(options); // tells the other tabs
    },
    changePassword: ({ currentPassword, newPassword }, options) =>
      act('POST', 'auth/password', options, { currentPassword, newPassword }),
    stepUp: (credentials, options) => stepUp(client, credentials, options),
    resendVerification: (options) => act('POST', 'auth/email/verification', options),
    changeEmail: (newEmail, options) => act('POST', 'auth/email', options, { newEmail }),
    changeName: async (name, options) => void userIn(await send('PATCH', 'auth/me', options, { name })),
    async close(options) {
      await act('DELETE', 'auth/me', options);
      await client.logout(options); // tells the other tabs
    },
    exportData: (options) => get('auth/me/export', options),
    events: ({ limit, ...options } = {}) =>
      list(`auth/events${limit === undefined ? '' : `?limit=${limit}`}`, options),
  };

  async function get<T>(path: string, options?: CallOptions, fits = isObject): Promise<T> {
    const answer = await withinOptions((signal) => askWith(client.fetch, path, { signal }), options);
    if (answer.response.ok && fits(answer.body)) return answer.body as T;
    throw errorOf(answer);
  }

  function list<T>(path: string, options?: CallOptions): Promise<T[]> {
    return get(path, options, Array.isArray);
  }

  async function act(...call: Parameters<typeof send>): Promise<void> {
    const answer = await send(...call);
    if (!isAccepted(answer)) throw errorOf(answer);
  }

  function send(method: string, path: string, options?: CallOptions, body?: object): Promise<Answer> {
    const content = body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
    const init = { method, ...content };
    return withinOptions((signal) => askWith(client.fetch, path, { ...init, signal }), options);
  }
}

function isObject(body: unknown): boolean {
  return typeof body === 'object' && body !== null;
}

/** What people do with the token of a mailed link, signed in or not. Failures are `LatchkeyError`s. */
export interface LatchkeyLinks {
  /** Mails a link with which to choose a new password. */
  forgotPassword(email: string, options?: CallOptions): Promise<void>;
  /** @throws LatchkeyError `ACTION_TOKEN_INVALID`, `VALIDATION_FAILED`, … */
  resetPassword(reset: { token: string; newPassword: string }, options?: CallOptions): Promise<void>;
  /** Proves the address of an account. @throws LatchkeyError `ACTION_TOKEN_INVALID`, … */
  verifyEmail(token: string, options?: CallOptions): Promise<void>;
  /** Makes the new address that of the account. @throws LatchkeyError `ACTION_TOKEN_INVALID`, … */
  confirmEmail(token: string, options?: CallOptions): Promise<void>;
  /** Brings the old address back, and ends all sessions. @throws LatchkeyError `ACTION_TOKEN_INVALID`, … */
  undoEmailChange(token: string, options?: CallOptions): Promise<void>;
  /** Reopens a closed account. @throws LatchkeyError `ACTION_TOKEN_INVALID`, … */
  restoreAccount(token: string, options?: CallOptions): Promise<void>;
}

/** The calls behind mailed links. */
export function linksOf(client: Pick<LatchkeyClient, 'fetch'>): LatchkeyLinks {
  return {
    forgotPassword: (email, options) => post('auth/password/forgot', { email }, options),
    resetPassword: ({ token, newPassword }, options) =>
      post('auth/password/reset', { token, newPassword }, options),
    verifyEmail: (token, options) => post('auth/email/verify', { token }, options),
    confirmEmail: (token, options) => post('auth/email/confirm', { token }, options),
    undoEmailChange: (token, options) => post('auth/email/undo', { token }, options),
    restoreAccount: (token, options) => post('auth/me/restore', { token }, options),
  };

  async function post(path: string, body: object, options?: CallOptions): Promise<void> {
    const init = {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    };
    const answer: Answer = await withinOptions(
      (signal) => askWith(client.fetch, path, { ...init, signal }),
      options,
    );
    if (!isAccepted(answer)) throw errorOf(answer);
  }
}
