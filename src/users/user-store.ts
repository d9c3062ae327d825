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
  /** None unless given. */
  roles?: string[];
  /** None unless given. */
  permissions?: string[];
}

/** What a user may do. */
export interface UserAccess {
  roles: string[];
  permissions: string[];
}

/** Which users to list. */
export interface UserQuery {
  /** The most users to return. */
  limit: number;
  /** Start after this address, that of the last user on the previous page. Without it, start with the first user. */
  after?: string;
  /** Only users whose address contains this text, which is in lower case. No character is a wildcard. */
  emailPart?: string;
  /** Only users who are disabled, or only those who are not. */
  disabled?: boolean;
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
   * Adds a user who is not disabled, with the roles and permissions given, and returns it; null when the email address is
   * taken, and then nothing has changed. Atomic: of any number of parallel calls with one address exactly one gets a
   * user, so a unique index decides, never a look-up before the insert. Roles are written with the user in one
   * transaction: nobody ever sees the user without them. A store without `setAccess` is never given any.
   */
  create(user: NewUser): Promise<UserRecord | null>;

  /**
   * Replaces the password hash if it is still `expected`: one compare-and-set. False when the user is unknown or the
   * stored hash is another (or none), and then nothing has changed. Of parallel calls with one `expected` exactly one
   * is true. This is what keeps a rehash at login from undoing a password change that happened meanwhile, and two
   * password changes from both believing they won.
   */
  replacePasswordHash(id: string, expected: string, next: string): Promise<boolean>;

  // Administration, see `AccountAdmin`. Optional: a call that needs a missing method throws an error that names it.

  /**
   * Disables or enables a user. False when the user is unknown. Repeating it is harmless. Committed when it resolves:
   * every later read, on any instance, returns the new value, because the sessions are ended after that.
   */
  setDisabled?(id: string, disabled: boolean): Promise<boolean>;

  /** Replaces the roles and the permissions, both in one atomic step. False when the user is unknown. */
  setAccess?(id: string, access: UserAccess): Promise<boolean>;

  /**
   * Deletes a user permanently; the address is free again. True only for the call that deleted the user, false when the
   * user is unknown.
   */
  remove?(id: string): Promise<boolean>;

  /**
   * The matching users, always in the same order by email address (any collation will do), starting after `after`,
   * whether or not a user has that address. Users added or removed between two pages do not make others appear twice or
   * not at all.
   */
  list?(query: UserQuery): Promise<UserRecord[]>;
}

/** The methods of a store that only administration needs. */
export type UserAdministration = Required<Pick<UserStore, 'setDisabled' | 'setAccess' | 'remove' | 'list'>>;

/** The token it is provided under. */
export const UserStore = Symbol('UserStore');
