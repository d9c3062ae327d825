import type { LatchkeyUser } from './answer.js';
import type { LoginOutcome } from './login-outcome.js';
import type { TokenStorage } from './shared-session.js';

/** Where the service is, and how tokens travel. */
export interface LatchkeyClientOptions {
  /** Where the service is, such as `https://auth.example.com`. Tokens go to its origin and to no other. */
  baseUrl: string;
  /** `cookie`: tokens are in `HttpOnly` cookies, out of reach of scripts. `body`: this client keeps and sends them. */
  transport: 'cookie' | 'body';
  /**
   * For `body`: keeps the tokens beyond the page, such as `localStorage`. Any script that gets to run on the page can
   * read them there, long after it has gone. Default: in memory, shared only with other open tabs of this origin.
   */
  storage?: TokenStorage;
  /** See {@link LatchkeyClient.onSignedOut}. */
  onSignedOut?: (code: string) => void;
  /** Default: the global `fetch`. */
  fetch?: typeof fetch;
}

/** The session of this browser, shared by its tabs. Failures are `LatchkeyError`s. */
export interface LatchkeyClient {
  /** @throws LatchkeyError `INVALID_CREDENTIALS`, `RATE_LIMITED`, … */
  login(credentials: { email: string; password: string }): Promise<LoginOutcome>;
  /** @throws LatchkeyError `EMAIL_TAKEN`, `VALIDATION_FAILED`, … */
  register(account: { email: string; password: string; name?: string }): Promise<LoginOutcome>;
  /**
   * Ends the session. In body transport the tokens are forgotten whatever happens.
   * @throws LatchkeyError when the service could not be told: the session may live on
   */
  logout(): Promise<void>;
  /**
   * `fetch`, with the session: refreshes shortly before the access token ends, and once when the service says it has
   * ended. Relative addresses are relative to `baseUrl`; to other origins it is the plain `fetch`.
   * @throws LatchkeyError when a refresh is due and cannot be made now; the user stays signed in
   */
  fetch: typeof fetch;
  /** The user, or `null` when nobody is signed in. Asks the service, at most once an access token. */
  getUser(): Promise<LatchkeyUser | null>;
  /** A token to send elsewhere, a WebSocket for instance; `undefined` in cookie transport or when signed out. */
  getAccessToken(): Promise<string | undefined>;
  /** Refreshes now. False when nobody is signed in (any more). @throws LatchkeyError as `fetch` does */
  refresh(): Promise<boolean>;
  /**
   * Calls back when the session is over, in whichever tab that was noticed: with `LOGGED_OUT` or the service's error
   * code. Returns the way to stop it.
   */
  onSignedOut(listener: (code: string) => void): () => void;
  /** Lets go of other tabs; for pages that create more than one client. */
  close(): void;
}
