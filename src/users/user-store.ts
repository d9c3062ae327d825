/** A user as Latchkey sees one. */
export interface UserRecord {
  /** Opaque to Latchkey: it becomes the `sub` of tokens and is only ever compared byte for byte. */
  id: string;
  /** Canonical, see `canonicalEmail`. */
  email: string;
  name: string | null;
  roles: string[];
  permissions: string[];
  /** What the password hasher made; null when this user cannot log in with a password. */
  passwordHash: string | null;
  disabled: boolean;
  createdAt: Date;
}

/** An account to be made; the e-mail address is canonical. */
export interface NewUser {
  email: string;
  name: string | null;
  passwordHash: string | null;
}

/**
 * Where users are kept; replaceable by the host. Any number of instances may share one store.
 *
 * "Nothing matched" is an answer (null or false), never an exception. Exceptions are for a store that cannot answer,
 * and that is an `UnavailableError` when trying again makes sense. What a read returns is committed and a copy: roles,
 * permissions and `disabled` are those of this moment, never cached. E-mail addresses arrive canonical and are compared
 * as they are. An id of a form the store never gives out is unknown, not an error.
 */
export interface UserStore {
  /** The user of this id. */
  findById(id: string): Promise<UserRecord | null>;

  /** The user with this address, which is canonical. */
  findByEmail(canonicalEmail: string): Promise<UserRecord | null>;

  /**
   * Adds a user with no roles and no permissions, not disabled, and returns it; null when the e-mail address is taken,
   * and then nothing has changed. Atomic: of any number of parallel calls with one address exactly one gets a user, so
   * a unique index decides, never a look-up before the insert.
   */
  create(user: NewUser): Promise<UserRecord | null>;

  /**
   * Replaces the password hash if it is still `expected`: one compare-and-set. False when the user is unknown or the
   * stored hash is another (or none), and then nothing has changed. Of parallel calls with one `expected` exactly one
   * is true. This is what keeps a rehash at login from undoing a password change that happened meanwhile, and two
   * password changes from both believing they won.
   */
  replacePasswordHash(id: string, expected: string, next: string): Promise<boolean>;
}

/** The token it is provided under. */
export const UserStore = Symbol('UserStore');
