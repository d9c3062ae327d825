/**
 * Sessions in a browser: refreshes in time, once for all tabs, and never logs a user out by accident.
 * @module latchkey/client
 */
import { accountCalls } from './account-calls.js';
import type { LatchkeyUser } from './answer.js';
import { checkOptions } from './check-options.js';
import { LatchkeyError } from './client-error.js';
import { clientSession } from './client-session.js';
import type { LatchkeyClient, LatchkeyClientOptions } from './client-types.js';
import { connect } from './connection.js';
import { exclusivelyByName } from './exclusively.js';
import type { LoginOutcome, SignedIn } from './login-outcome.js';
import { sessionRenewal } from './renewal.js';
import { serviceUrl } from './service-url.js';
import { sessionFetch } from './session-fetch.js';
import type { TokenStorage } from './shared-session.js';

export { LatchkeyError };
export type { LatchkeyClient, LatchkeyClientOptions, LatchkeyUser, LoginOutcome, SignedIn, TokenStorage };

/** The session of this browser, kept alive in all its tabs until the service says that it is over. */
export function createLatchkeyClient(options: LatchkeyClientOptions): LatchkeyClient {
  checkOptions(options);
  const { baseUrl, transport, storage, onSignedOut } = options;
  const base = serviceUrl('baseUrl', baseUrl);
  const plainFetch: typeof fetch = (...call) => (options.fetch ?? globalThis.fetch)(...call);
  const name = `latchkey ${transport} ${base.href}`; // of what tabs share: a lock, a channel and a key in the storage

  const connection = connect(base, transport === 'cookie', plainFetch);
  const session = clientSession(name, connection, storage);
  const exclusively = exclusivelyByName(name);
  const renewal = sessionRenewal(connection, session, exclusively);
  const fetchWithSession = sessionFetch(connection, renewal);
  const { enter, leave, getUser } = accountCalls(connection, session, exclusively, fetchWithSession);
  if (onSignedOut) session.onEnd(onSignedOut);

  return {
    login: (credentials) => enter('auth/login', credentials),
    register: (account) => enter('auth/register', account),
    logout: leave,
    fetch: fetchWithSession,
    getUser,
    getAccessToken: async () => (await renewal.upToDate()).accessToken,
    refresh: async () => (await renewal.renew(await session.look())).signedIn === true,
    onSignedOut: session.onEnd,
    close: session.close,
  };
}
