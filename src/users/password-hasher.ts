/** From the first that has to give way to the last. */
export const PRIORITIES = ['low', 'normal', 'high'] as const;

/** How long a call may wait when too many do. */
export type Priority = (typeof PRIORITIES)[number];

/** For whom a password is hashed or verified: a hasher that limits parallel calls can share its time fairly. */
export interface Applicant {
  /** Calls of one source share one turn: a network, or an account. */
  source: string;
  /**
   * The networks that the call comes from: networks take turns before the sources in them do. Default: a network that
   * nobody shares with this source.
   */
  networks?: readonly [wide: string, narrow: string];
  /**
   * `high`: somebody who has logged in to this account before. `normal`: an account without recent failures, or one that
   * does not exist. `low`: anybody else.
   */
  priority: Priority;
}

/**
 * Hashes passwords; a host may replace it. A hash is text that names everything needed to verify it (scheme, cost,
 * key), so that old hashes keep working when the settings change.
 */
export interface PasswordHasher {
  /**
   * Returns a new hash of this password, different each time.
   * @throws UnavailableError when too many calls are waiting
   */
  hash(password: string, applicant?: Applicant): Promise<string>;

  /**
   * Whether this is the password of the hash; every character counts. For a hash it cannot read, it returns false,
   * never throws, and takes as long as for a wrong password, so that the two cannot be distinguished.
   * @throws UnavailableError when too many calls are waiting
   */
  verify(password: string, hash: string, applicant?: Applicant): Promise<boolean>;

  /** Whether `hash` was made with outdated settings. Such a hash is replaced after a successful login. */
  needsRehash(hash: string): boolean;

  /**
   * Whether `verify` can read this hash and would accept the time and memory that it takes. An import stores only such
   * hashes. Without this method it stores any.
   */
  canVerify?(hash: string): boolean;
}

/** The injection token of the {@link PasswordHasher}. */
export const PasswordHasher = Symbol('PasswordHasher');
