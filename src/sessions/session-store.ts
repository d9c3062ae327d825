import type {
  NewSession,
  Presentation,
  RevocationReason,
  RotationOutcome,
  Session,
  SessionInfo,
} from './session-types.js';

/**
 * Where sessions are kept; replaceable, above all by `InMemorySessionStore` in a host's tests.
 *
 * One clock decides, the store's own. Each method is one atomic step: whoever else is at the same session sees what was
 * before it or what is after. What was revoked stays revoked. "Nothing matched" is an answer, never an exception;
 * exceptions are for a store that cannot answer, and that is an `UnavailableError` when trying again makes sense. An
 * ended session is remembered until its absolute limit, so that reuse can be told from an unknown token.
 */
export interface SessionStore {
  /** Begins a session whose first refresh token is `jti`. */
  create(session: NewSession): Promise<Session>;

  /**
   * Moves a session on by one refresh token. Of any number of parallel presentations of one token exactly one gets
   * `rotated`; the rest, within the leeway, get `replayed` with the same successor. With rotation off the current token
   * stays current. `reused` changes nothing by itself: the caller revokes.
   */
  rotate(presented: Presentation): Promise<RotationOutcome>;

  /** Ends a session. The id of its user when this call ended it, `null` when it had ended before or never was. */
  revoke(sid: string, reason: RevocationReason): Promise<string | null>;

  /** Ends every live session of a user, but for `except`; returns the ids of those it ended. */
  revokeAll(userId: string, reason: RevocationReason, except?: string): Promise<string[]>;

  /**
   * Ends the sessions of a user that are too many now that `newest` has begun, and returns their ids: the ones not used
   * for longest, or `newest` itself, as the limits say. Never more are left than the limit, however many begin at once.
   */
  endSurplus(userId: string, newest: string): Promise<string[]>;

  /**
   * Runs work that ends sessions of a user while no other such work for that user runs, on any instance; throws what it
   * throws. It waits its turn for a bounded time, then it is an `UnavailableError`.
   */
  exclusively<T>(userId: string, work: () => Promise<T>): Promise<T>;

  /** The live sessions of a user, the one used last first. */
  listLive(userId: string): Promise<SessionInfo[]>;

  /** Whether there is such a session of this user, ended or not. */
  belongsTo(userId: string, sid: string): Promise<boolean>;

  /** Whether a session lives now, and if a refresh token's id is given, whether that token is its current one. */
  isLive(sid: string, jti?: string): Promise<boolean>;
}

/** The token it is provided under. */
export const SessionStore = Symbol('SessionStore');
