import type { ActionPurpose } from './action-purposes.js';

/** An action that may still be done. */
export interface Action {
  id: string;
  purpose: ActionPurpose;
  /** `null` for an action without an account, such as a registration. */
  userId: string | null;
  /** The epoch of its account in which it may be done; `null`: in any. */
  epoch: number | null;
  /** Canonical. */
  email: string | null;
  /** SHA-256 of the secret of the browser where it began. */
  binding: Buffer | null;
  /** Encrypted; see `ActionPayloads`. */
  payload: Buffer | null;
  createdAt: Date;
  expiresAt: Date;
  /** SHA-256 of each secret that opens it. */
  secrets: Buffer[];
}

/** An action to be created, with its id already chosen. */
export interface NewAction {
  /** A random UUID. */
  id: string;
  purpose: ActionPurpose;
  userId?: string;
  email?: string;
  binding?: Buffer;
  payload?: Buffer;
  /** SHA-256 of each secret that opens it from the start. Default: none. */
  secrets?: Buffer[];
  /** Whether it survives that the epoch of its account rises. */
  outlivesEpoch?: boolean;
}

/**
 * Where actions are kept: everything that works once. An action may be done while it is unused, has not expired on the
 * store's clock, and its account has the epoch in which it was created; any other action is as unknown as one that never
 * existed. Each method is atomic, and "nothing matched" is a return value, never an error.
 */
export interface ActionStore {
  /** Creates an action in the present epoch of its account. It expires after the lifetime of its purpose. */
  create(action: NewAction): Promise<void>;

  /** Returns an action that may be done. */
  find(id: string): Promise<Action | null>;

  /**
   * Adds the SHA-256 of a secret, and forgets the oldest ones beyond 16. The lifetime begins with the first secret: a mail
   * may have waited for its server. Returns `false` and changes nothing if the action may not be done.
   */
  addSecret(id: string, hash: Buffer): Promise<boolean>;

  /**
   * Uses an action up if it may be done and has this secret. Of any number of parallel calls, with any of its secrets,
   * exactly one returns the action.
   */
  consume(id: string, secret: Buffer): Promise<Action | null>;

  /** Makes a consumed action usable again, because what it stood for has failed. */
  giveBack(id: string): Promise<void>;

  /** Counts an attempt to guess something. Returns `false` and counts nothing after `most` attempts. */
  countAttempt(id: string, most: number): Promise<boolean>;

  /** Lets an action expire `seconds` from now. */
  extend(id: string, seconds: number): Promise<void>;

  /** Makes the unused actions of an account unusable: all of them, or those that `only` describes. */
  cancel(userId: string, only?: CancelFilter): Promise<void>;

  /** Whether an address may only be used by another account, which can still take it back with `undo-email`. */
  isReserved(email: string, exceptUserId?: string): Promise<boolean>;

  /** Returns all actions of an account that are kept, used or not. */
  listOf(userId: string): Promise<Action[]>;

  /** Deletes all actions of an account. */
  removeOf(userId: string): Promise<void>;

  /** The number of actions that {@link deleteExpired} would delete. */
  countExpired(): Promise<number>;

  /** Deletes up to `limit` actions that have expired, and returns how many. */
  deleteExpired(limit: number): Promise<number>;
}

/** Actions of one purpose: all of them, or those that were created at or after a time, or are about an address. */
export interface CancelFilter {
  purpose: ActionPurpose;
  since?: Date;
  email?: string;
}

/** For how long an action without a secret is kept at least: a mail is tried for about three days. */
export const SENDABLE_SECONDS = 4 * 86_400;

/** More secrets than mails are plausibly sent for one action. */
export const MAX_SECRETS = 16;
