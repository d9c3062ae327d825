import type { LatchkeyUser } from './answer.js';
import type { CallOptions } from './call-options.js';
import type { FactorProof, PresentedPasskey } from './factor-proof.js';
import type { LoginOutcome, RegistrationOutcome } from './login-outcome.js';
import type { SessionSnapshot } from './snapshot.js';
import type { StorageOption } from './token-storage.js';

/** Where the service is, and how tokens travel. */
export interface LatchkeyClientOptions {
  /** The address of the service, such as `https://auth.example.com`. Tokens are sent to its origin only. */
  baseUrl: string;
  /** `cookie`: tokens are in `HttpOnly` cookies, which no script can read. `body`: this client keeps and sends them. */
  transport: 'cookie' | 'body';
  /**
   * For `body`: where to keep the tokens after the page is closed, such as `() => localStorage`. Any script that ever
   * runs on the page can read them there. If it fails, they are kept in memory. As a function it may also throw, as
   * access to `localStorage` does in some browsers. Default: in memory, shared only with other open tabs of this origin.
   */
  storage?: StorageOption;
  /** A first listener. See {@link LatchkeyClient.onSignedOut}. */
  onSignedOut?: (code: string) => void;
  /** Default: the global `fetch`. */
  fetch?: typeof fetch;
}

/**
 * The session of this browser, shared by its tabs. Failures are `LatchkeyError`s. When a call is given up by its
 * `signal` or `timeout`, a refresh or a logout continues in the background; a login is canceled. `User` is the user with the
 * members that the service adds.
 */
export interface LatchkeyClient<User extends LatchkeyUser = LatchkeyUser> {
  /** @throws LatchkeyError `INVALID_CREDENTIALS`, `RATE_LIMITED`, … */
  login(credentials: { email: string; password: string }, options?: CallOptions): Promise<LoginOutcome<User>>;
  /**
   * The second step of a login, after the outcome `mfa-required`, whose `mfaToken` belongs here. `trustDevice`, in cookie
   * transport only: this browser is not asked again for some time.
   * @throws LatchkeyError `INVALID_CODE`, `PASSKEY_REJECTED`, `ACTION_TOKEN_INVALID` when the first step has to be
   *   repeated, `RATE_LIMITED`, …
   */
  loginWithFactor(
    answer: FactorProof & { mfaToken?: string; trustDevice?: boolean },
    options?: CallOptions,
  ): Promise<LoginOutcome<User>>;
  /**
   * Logs in with a passkey alone. `passkeysOf` in `latchkey/account` asks the browser for it, and calls this.
   * @throws LatchkeyError `PASSKEY_REJECTED`, `INVALID_CREDENTIALS`, …
   */
  loginWithPasskey(passkey: PresentedPasskey, options?: CallOptions): Promise<LoginOutcome<User>>;
  /**
   * Fields that your service adds to registrations may be among the members. Where addresses must be proven first, the outcome
   * is `mail-sent` for every address: the account begins with {@link confirmRegistration}.
   * @throws LatchkeyError `EMAIL_TAKEN`, `VALIDATION_FAILED`, …
   */
  register(
    account: { email: string; password: string; name?: string; [field: string]: unknown },
    options?: CallOptions,
  ): Promise<RegistrationOutcome<User>>;
  /**
   * Ends a registration by the token of its mailed link. Needs the chosen password, except in cookie transport in the browser
   * in which it began.
   * @throws LatchkeyError `INVALID_CREDENTIALS`, `ACTION_TOKEN_INVALID`, …
   */
  confirmRegistration(
    confirmation: { token: string; password?: string },
    options?: CallOptions,
  ): Promise<LoginOutcome<User>>;
  /**
   * Ends the session. In body transport the tokens are deleted in any case.
   * @throws LatchkeyError when the service could not be reached: the session may still be alive there
   */
  logout(options?: CallOptions): Promise<void>;
  /**
   * `fetch`, with the session: refreshes shortly before the access token expires, and once when the service says that
   * it has expired. Relative URLs are relative to `baseUrl`. For other origins it is the plain `fetch`.
   * @throws LatchkeyError when a refresh is needed and not possible now; the user stays signed in
   */
  fetch: typeof fetch;
  /** The user, or `null` when nobody is signed in. Asks the service at most once per access token. */
  getUser(options?: CallOptions): Promise<User | null>;
  /** A token for other uses, such as a WebSocket. `undefined` in cookie transport and when signed out. */
  getAccessToken(options?: CallOptions): Promise<string | undefined>;
  /** Refreshes now. False when nobody is signed in, or no longer. @throws LatchkeyError as `fetch` does */
  refresh(options?: CallOptions): Promise<boolean>;
  /** Who is signed in, as far as this tab knows. The same object until something changes. Asks nobody. */
  getSnapshot(): SessionSnapshot<User>;
  /** Calls the listener when the snapshot has changed. Returns a function that removes the listener. */
  subscribe(listener: () => void): () => void;
  /**
   * Calls the listener after a login or a registration, no matter in which tab. Returns a function that removes the
   * listener.
   */
  onSignedIn(listener: () => void): () => void;
  /**
   * Calls the listener when the session is over, no matter which tab noticed it. The listener gets `LOGGED_OUT` or the
   * service's error code. Returns a function that removes the listener.
   */
  onSignedOut(listener: (code: string) => void): () => void;
  /** Disconnects from other tabs. For pages that create more than one client. */
  close(): void;
}
