/**
 * Sessions in a browser: refreshes in time, once for all tabs, and never logs a user out by accident.
 * @module latchkey/client
 */
import { accountCalls } from './account-calls.js';
import type { LatchkeyUser } from './answer.js';
import { type CallOptions, withinOptions } from './call-options.js';
import { checkOptions } from './check-options.js';
import { LatchkeyError, type UnknownCredential } from './client-error.js';
import { clientSession } from './client-session.js';
import type { LatchkeyClient, LatchkeyClientOptions } from './client-types.js';
import { connect } from './connection.js';
import type { LatchkeyErrorCode } from './error-codes.js';
import type { FactorProof, PresentedPasskey } from './factor-proof.js';
import type {
  FactorNeeded,
  LoginOutcome,
  MailSent,
  MfaEnrolmentRequired,
  MfaRequired,
  RegistrationOutcome,
  SignedIn,
} from './login-outcome.js';
import { sessionRenewal } from './renewal.js';
import { serviceUrl } from './service-url.js';
import { sessionFetch } from './session-fetch.js';
import type { SessionSnapshot } from './snapshot.js';
import { tabLocks } from './tab-locks.js';
import type { StorageOption, TokenStorage } from './token-storage.js';

export { LatchkeyError };
export type {
  CallOptions,
  FactorNeeded,
  FactorProof,
  LatchkeyClient,
  LatchkeyClientOptions,
  LatchkeyErrorCode,
  LatchkeyUser,
  LoginOutcome,
  MailSent,
  MfaEnrolmentRequired,
  MfaRequired,
  PresentedPasskey,
  RegistrationOutcome,
  SessionSnapshot,
  SignedIn,
  StorageOption,
  TokenStorage,
  UnknownCredential,
};

/** The session of this browser, kept alive in all its tabs until the service says that it is over. */
export function createLatchkeyClient<User extends LatchkeyUser = LatchkeyUser>(
  options: LatchkeyClientOptions,
): LatchkeyClient<User> {
  checkOptions(options);
  const { baseUrl, transport, storage, onSignedOut } = options;
  const base = serviceUrl('baseUrl', baseUrl);
  const plainFetch: typeof fetch = (...call) => (options.fetch ?? fetch)(...call);
  const name = `latchkey ${transport} ${base.href}`; // of what tabs share: a lock, a channel and a key in the storage

  const connection = connect(base, transport === 'cookie', plainFetch);
  const locks = tabLocks(name);
  const { exclusively } = locks;
  const session = clientSession(name, connection, locks, storage);
  const renewal = sessionRenewal(connection, session, exclusively);
  const fetchWithSession = sessionFetch(connection, renewal);
  const { enter, leave, getUser } = accountCalls(connection, session, exclusively, fetchWithSession);
  const entering = (path: string) => (body: object, limits?: CallOptions) =>
    withinOptions((signal) => enter(path, body, signal), limits);
  if (onSignedOut) session.shown.onSignedOut(onSignedOut);

  return {
    login: entering('auth/login'),
    loginWithFactor: entering('auth/login/mfa'),
    loginWithPasskey: entering('auth/login/passkey'),
    register: entering('auth/register'),
    confirmRegistration: entering('auth/register/confirm'),
    logout: (limits) => withinOptions(leave, limits),
    fetch: fetchWithSession,
    getUser: (limits) => withinOptions(getUser, limits),
    getAccessToken: async (limits) => (await withinOptions(renewal.upToDate, limits)).accessToken,
    refresh: (limits) =>
      withinOptions(async () => !!(await renewal.renew(await session.look())).signedIn, limits),
    ...session.shown,
  } as LatchkeyClient<never> as LatchkeyClient<User>;
}
