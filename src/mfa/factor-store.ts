import type { RecordsInside } from '../actions/account-records.js';
import type { Factor } from './factor-kind.js';

/** An authenticator app as it is stored. */
export interface StoredTotp {
  id: string;
  name: string | null;
  /** Encrypted, for this user and id. */
  secret: string;
  /** The last time step whose code was used; `null` while none was. */
  lastStep: number | null;
  /** The present time step, on the clock of the store. */
  step: number;
}

export type NewTotp = Pick<StoredTotp, 'id' | 'name' | 'secret'> & { userId: string };

/** The kinds of factor that this store keeps. */
export type StoredKind = 'totp' | 'recovery-codes';

/** How long an authenticator app waits to be confirmed, in seconds. */
export const CONFIRM_WITHIN = 900;
/** How many authenticator apps an account may have, including those that wait to be confirmed. */
export const MAX_TOTPS = 10;
/** Seconds (RFC 6238 §4.1). */
export const STEP_SECONDS = 30;

/**
 * Where authenticator apps and recovery codes are kept. Each method is atomic, the store's own clock decides, and "nothing
 * matched" is a return value, never an error.
 */
export interface FactorStore {
  /** The store as a transaction sees it. */
  within(inside: RecordsInside | undefined): FactorStore;

  /** Returns the confirmed factors of this kind, the oldest first. */
  listOf(userId: string, kind: StoredKind): Promise<Factor[]>;

  /** Whether the user has a confirmed factor of this kind; recovery codes count while one is left. */
  has(userId: string, kind: StoredKind): Promise<boolean>;

  /**
   * Adds an authenticator app that waits to be confirmed. It takes the place of the oldest one that waits if the account
   * has 10; returns `false` if all of these are confirmed.
   */
  addTotp(totp: NewTotp): Promise<boolean>;

  /** Returns the confirmed authenticator apps of a user, with the present time step. */
  totpsOf(userId: string): Promise<StoredTotp[]>;

  /** Returns an authenticator app that still waits to be confirmed. */
  findPending(userId: string, id: string): Promise<StoredTotp | null>;

  /** Confirms an authenticator app by the code of `step`, which is thereby used. Only one of parallel calls returns `true`. */
  confirm(userId: string, id: string, step: number): Promise<boolean>;

  /**
   * Uses up a time step of a confirmed authenticator app: `false` if that step or a later one has been used. Of any number
   * of parallel calls with one step, exactly one returns `true`.
   */
  useStep(userId: string, id: string, step: number): Promise<boolean>;

  /** Replaces all recovery codes of a user by a new set, given by their SHA-256. */
  replaceCodes(userId: string, id: string, hashes: readonly Buffer[]): Promise<void>;

  /** Uses up a recovery code, and returns its set and how many are left; `null` if the user has none with this hash. */
  useCode(userId: string, hash: Buffer): Promise<{ id: string; remaining: number } | null>;

  /** Removes a factor. Returns `false` if the user has none of this kind with this id. */
  remove(userId: string, kind: StoredKind, id: string): Promise<boolean>;

  /** Removes all factors of this kind, also those that wait to be confirmed. */
  removeAll(userId: string, kind: StoredKind): Promise<void>;

  /** A page of the encrypted secrets of all users, in a fixed order, starting after the id `after`. */
  listSecrets(limit: number, after?: string): Promise<StoredSecret[]>;

  /** Replaces an encrypted secret. Returns `false` if it is no longer `from`. */
  replaceSecret(id: string, from: string, to: string): Promise<boolean>;

  /** The number of authenticator apps that {@link deleteExpired} would delete: they were not confirmed in time. */
  countExpired(): Promise<number>;

  /** Deletes up to `limit` of them, and returns how many. */
  deleteExpired(limit: number): Promise<number>;
}

/** An encrypted secret, and what it is bound to. */
export interface StoredSecret {
  id: string;
  userId: string;
  secret: string;
}

/** The injection token of the {@link FactorStore}. */
export const FactorStore = Symbol('FactorStore');
