import type { SessionAuthentication } from './authentication.js';
import type { Standing } from './reuse-policy.js';
import type {
  EndedSessions,
  NewSession,
  Presentation,
  RevocationReason,
  RotationOutcome,
  Session,
  SessionInfo,
} from './session-types.js';

/**
 * Where sessions are kept. A host may replace it, above all with `InMemorySessionStore` in tests.
 *
 * The store's own clock decides every time limit. Each method is atomic: concurrent callers see the state before it or
 * after it, nothing in between. A revoked session stays revoked. "Nothing matched" is a return value, never an error; a
 * method throws only when the store cannot answer, with an `UnavailableError` if a retry may succeed. A session that
 * has ended is remembered until its absolute limit, so that reuse can be distinguished from an unknown token.
 */
export interface SessionStore {
  /**
   * Starts a session whose first refresh token has the id `jti`. The store may give it another id than `id`, also a UUID:
   * the one of the session it returns counts.
   */
  create(session: NewSession): Promise<Session>;

  /**
   * Replaces a session's current refresh token with the next one. Of any number of parallel calls with the same token,
   * exactly one returns `rotated`; within the leeway, the others return `replayed` with the same successor. When
   * rotation is off, the current token stays current. `reused` changes nothing: the caller must revoke the session.
   */
  rotate(presented: Presentation): Promise<RotationOutcome>;

  /**
   * Records that the user of a live session has authenticated again, now on the store's clock: `acr` and `amr` replace
   * those of before. The refresh token stays as it is, and a rotation at the same time neither loses nor undoes this.
   * Returns `null`, and changes nothing, if the session is not live or belongs to somebody else. Optional: a step-up
   * throws an error that names the method if a store lacks it.
   */
  reauthenticate?(
    sid: string,
    userId: string,
    authentication: Pick<SessionAuthentication, 'acr' | 'amr'>,
  ): Promise<Session | null>;

  /**
   * Records that a live session is worth no more than a password: `acr` becomes `pwd`, and `amr` loses everything but
   * `pwd` where that is in it. The time of the authentication stays. Returns whether such a session of the user is live.
   * Optional: second factors need it.
   */
  lower?(sid: string, userId: string): Promise<boolean>;

  /** Ends a session. Returns its user's id if this call ended it; `null` if it had already ended or never existed. */
  revoke(sid: string, reason: RevocationReason): Promise<string | null>;

  /** Ends every live session of a user except `except`, and returns the ids of the sessions it ended. */
  revokeAll(userId: string, reason: RevocationReason, except?: string): Promise<string[]>;

  /**
   * Ends sessions that began before `before`, whoever they belong to, in steps. Each step looks at `limit` sessions, and
   * the first one also ends those that began in the ten seconds before. Optional: `AccountAdmin.endAllSessions` throws
   * an error that names the method if a store lacks it.
   * @param before `null` stands for now on the store's clock: every session that exists
   * @param step `after` is where the previous step ended, its `next`; without it, this is the first step
   */
  revokeBefore?(
    before: Date | null,
    reason: RevocationReason,
    step: { after?: string; limit: number },
  ): Promise<EndedSessions>;

  /**
   * Ends the sessions over a user's limit now that `newest` has started, and returns their ids: the least recently used
   * ones, or `newest` itself, depending on the limits. Never leaves more than the limit, even after parallel logins.
   */
  endSurplus(userId: string, newest: string): Promise<string[]>;

  /**
   * Runs work that ends sessions of a user, and rethrows its errors. No other such work for the same user runs at the
   * same time on any instance. Throws an `UnavailableError` when its turn does not come within a bounded time.
   */
  exclusively<T>(userId: string, work: () => Promise<T>): Promise<T>;

  /** Returns the live sessions of a user, most recently used first. */
  listLive(userId: string): Promise<SessionInfo[]>;

  /** Whether the user has or had this session, live or ended. */
  belongsTo(userId: string, sid: string): Promise<boolean>;

  /**
   * What a refresh token is worth now, without changing anything: the outcome that {@link rotate} would have, where
   * `current` stands for `rotated`. Optional: `RefreshJwtGuard` and `TokensService.checkRefreshToken` throw an error
   * that names the method if a store lacks it.
   */
  standingOf?(sid: string, jti: string): Promise<Standing>;

  /** Whether a session is live now and, if `jti` is given, whether that refresh token is its current one. */
  isLive(sid: string, jti?: string): Promise<boolean>;
}

/** The injection token of the {@link SessionStore}. */
export const SessionStore = Symbol('SessionStore');
