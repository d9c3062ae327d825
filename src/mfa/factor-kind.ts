import type { RecordsInside } from '../actions/account-records.js';
import type { AuthError } from '../errors/auth-error.js';
import { BY_PASSWORD, reachesLevel, type SessionAuthentication } from '../sessions/authentication.js';

/** The kinds of second factor, by the names that clients see. */
export type FactorKindName = 'totp' | 'passkey' | 'recovery-codes';

/** A confirmed factor, as its owner sees it. Never contains a secret. */
export interface Factor {
  id: string;
  kind: FactorKindName;
  name: string | null;
  createdAt: Date;
  lastUsedAt: Date | null;
  /** Whether it has been copied to other devices of the owner; only for passkeys. */
  synced?: boolean;
  /** It can no longer be used, because a copy of it may exist; only for passkeys. */
  suspended?: true;
  /** How many unused codes are left; only for recovery codes. */
  remaining?: number;
}

/** What a user presents to prove a factor: exactly one member. Its types and sizes have been checked, nothing else. */
export interface FactorAnswer {
  /** Six digits of an authenticator app. */
  code?: string;
  recoveryCode?: string;
  passkey?: { ticket: string; response: object };
}

/** What a factor is proven for. A challenge that was issued for one occasion must not pass at another. */
export interface FactorOccasion {
  use: 'login' | 'step-up';
  /** The id of the login's ticket, or of the session that steps up. */
  boundTo: string;
}

/** A factor has been proven. */
export interface FactorProof {
  kind: FactorKindName;
  factorId: string;
  /** `phr` if it resists phishing. */
  acr: 'mfa' | 'phr';
  /** What the factor adds to `amr` (RFC 8176), such as `otp`: at most three values, without `pwd` and `mfa`. */
  amr: readonly string[];
}

/**
 * A kind of second factor, with everything that login, step-up and the list of factors need of it. How a factor is added
 * differs from kind to kind; {@link FactorChanges.add} does what all have in common.
 *
 * `inside` is the transaction of a change, in which nobody else changes the account; without it, each method is atomic by
 * itself. All methods throw `UnavailableError` if the database is unavailable.
 */
export interface FactorKind {
  readonly kind: FactorKindName;
  /** A backup is no factor by itself: an account that has nothing else has no second factor. */
  readonly isBackup: boolean;
  /** Whether one of these is enough to log in, without a password. */
  readonly signsInAlone: boolean;

  /** Whether an answer is meant for this kind. */
  isFor(answer: FactorAnswer): boolean;

  /** Returns the confirmed factors of a user, the oldest first. */
  listOf(userId: string, inside?: RecordsInside): Promise<Factor[]>;

  /** Whether the user has a confirmed factor of this kind that can be used now. Fast: each login with a password asks. */
  has(userId: string, inside?: RecordsInside): Promise<boolean>;

  /**
   * Verifies an answer and, where it works only once, uses it up: of any number of parallel calls with one answer, at most
   * one returns a proof. Returns `null` for a wrong, used or malformed answer, whatever the reason; it never throws for one.
   * The caller has counted the attempt: see `FactorBudget`.
   */
  verify(userId: string, answer: FactorAnswer, occasion: FactorOccasion): Promise<FactorProof | null>;

  /** The error that a client gets when {@link verify} has returned `null`. */
  wrongAnswer(): AuthError;

  /** Removes a factor of the user. Returns `false` if there is none of this kind with this id. */
  remove(userId: string, id: string, inside?: RecordsInside): Promise<boolean>;

  /** Removes all factors of this kind, also unconfirmed ones: the account is deleted, taken over or reset. */
  removeAll(userId: string, inside?: RecordsInside): Promise<void>;
}

/** The injection token of all {@link FactorKind}s of the app: a kind that is off is not among them. */
export const FactorKinds = Symbol('FactorKinds');

/**
 * The authentication of a session whose user has proven a factor.
 * @param before `amr` until now: whether the password is part of it. Default: the user has presented it
 */
export function withFactor({ acr, amr }: FactorProof, before = BY_PASSWORD.amr): SessionAuthentication {
  return { acr, amr: [...(before.includes('pwd') ? ['pwd'] : []), ...amr, 'mfa'] };
}

/** Whether a factor proves more than a session with this `acr`. */
export function isStronger({ acr }: FactorProof, than: string | undefined): boolean {
  return !reachesLevel(than, acr);
}
