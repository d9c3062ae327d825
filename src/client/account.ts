/**
 * What signed-in users can do with their account: sessions, password, events.
 * @module latchkey/account
 */
import { type Answer, askWith, errorOf, isDone } from './answer.js';
import { type CallOptions, withinOptions } from './call-options.js';
import type { LatchkeyClient } from './client-types.js';

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
  /** The newest security events of the account. `limit`: 1 to 100, 50 by default. */
  events(options?: CallOptions & { limit?: number }): Promise<LatchkeyEvent[]>;
}

/** The account of the user whom the client has signed in. Apart from the client, so that only pages that need it load it. */
export function accountOf(client: Pick<LatchkeyClient, 'fetch' | 'logout'>): LatchkeyAccount {
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
    events: ({ limit, ...options } = {}) =>
      list(`auth/events${limit === undefined ? '' : `?limit=${limit}`}`, options),
  };

  async function list<T>(path: string, options?: CallOptions): Promise<T[]> {
    const answer = await withinOptions((signal) => askWith(client.fetch, path, { signal }), options);
    if (answer.response.ok && Array.isArray(answer.body)) return answer.body as T[];
    throw errorOf(answer);
  }

  async function act(method: string, path: string, options?: CallOptions, body?: object): Promise<void> {
    const content = body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
    const init = { method, ...content };
    const answer: Answer = await withinOptions(
      (signal) => askWith(client.fetch, path, { ...init, signal }),
      options,
    );
    if (!isDone(answer)) throw errorOf(answer);
  }
}
