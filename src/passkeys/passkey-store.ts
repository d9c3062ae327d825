import type { EntityManager } from 'typeorm';

/** A passkey of an account: a public key, and what is known about its authenticator. */
export interface Passkey {
  /** A random UUID. */
  id: string;
  userId: string;
  /** As authenticators know it, in base64url. Unique over all accounts. */
  credentialId: string;
  /** In COSE form (RFC 9052). */
  publicKey: Buffer;
  /** The number of signatures, as last seen. 0 if the authenticator does not count. */
  counter: number;
  /** How browsers reach the authenticator, such as `internal` or `usb`. */
  transports: string[];
  /** Whether it may be copied to other devices; set when it was created. */
  backupEligible: boolean;
  /** Whether it has been, as last seen. */
  backedUp: boolean;
  name: string;
  createdAt: Date;
  lastUsedAt: Date | null;
  /** When the counter went back, which means that a copy of the passkey may exist. It can no longer be used. */
  suspendedAt: Date | null;
}

/** A passkey that has not been kept yet. */
export type NewPasskey = Omit<Passkey, 'createdAt' | 'lastUsedAt' | 'suspendedAt'>;

/** A passkey, and the handle of its account. */
export type KnownPasskey = Passkey & {
  /** `null`: the account has none, so nobody may use the passkey. */
  handle: Buffer | null;
};

/** What became of a passkey to be added. `taken`: the credential is there already. `too-many`: the account has enough. */
export type AddOutcome = 'added' | 'taken' | 'too-many';

/**
 * What became of a signature. `regressed`: its counter was not higher, and nothing was recorded. `gone`: the passkey is
 * unknown or suspended.
 */
export type UseOutcome = 'used' | 'regressed' | 'gone';

/**
 * Where passkeys are kept. Each method is atomic, on the store's clock, and "nothing matched" is a return value, never an
 * error. A passkey belongs to one account for ever.
 */
export interface PasskeyStore {
  /** The store as a transaction sees it, if it is in the same database. */
  within?(transaction: EntityManager): PasskeyStore;

  /** Returns the handle of an account: 32 random bytes, made by the first call. It never changes. */
  handleOf(userId: string): Promise<Buffer>;

  /** Adds a passkey unless its credential is known or its account has `most` passkeys. */
  add(passkey: NewPasskey, most: number): Promise<AddOutcome>;

  /** Returns the passkey with this credential id (base64url), suspended or not. */
  find(credentialId: string): Promise<KnownPasskey | null>;

  /** Returns all passkeys of an account, suspended or not, the oldest first. */
  listOf(userId: string): Promise<Passkey[]>;

  /**
   * Records a signature if it has a higher counter than the last one, or both are 0. Of parallel calls with the same
   * counter above 0, exactly one returns `used`.
   */
  use(id: string, seen: { counter: number; backedUp: boolean }): Promise<UseOutcome>;

  /** Suspends a passkey, so that nobody can use it. Returns whether this call did it. */
  suspend(id: string): Promise<boolean>;

  /** Returns `false` if the account has no such passkey. */
  rename(userId: string, id: string, name: string): Promise<boolean>;

  /** Returns `false` if the account has no such passkey. */
  remove(userId: string, id: string): Promise<boolean>;

  /** Deletes all passkeys of an account, and returns how many. */
  removeOf(userId: string): Promise<number>;
}

/** The injection token of the {@link PasskeyStore}. */
export const PasskeyStore = Symbol('PasskeyStore');

/** WebAuthn §5.4.3 allows 64. */
export const HANDLE_BYTES = 32;

/** More than anybody plausibly has; all of them are named when another one is created. */
export const MOST_PASSKEYS = 50;

/** The store as a transaction sees it. */
export function passkeysIn(store: PasskeyStore, transaction: EntityManager | undefined): PasskeyStore {
  return transaction ? (store.within?.(transaction) ?? store) : store;
}
