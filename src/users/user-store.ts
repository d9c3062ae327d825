import type { EntityManager } from 'typeorm';

/** A user as Latchkey sees it. */
export interface UserRecord {
  /** Opaque to Latchkey: becomes the `sub` of tokens and is only compared byte for byte. */
  id: string;
  /** Canonical; see `canonicalEmail`. */
  email: string;
  name: string | null;
  roles: string[];
  permissions: string[];
  /** The result of the password hasher; `null` if this user cannot log in with a password. */
  passwordHash: string | null;
  disabled: boolean;
  createdAt: Date;
}

/** An account to be created. The email address is canonical. */
export interface NewUser {
  email: string;
  name: string | null;
  passwordHash: string | null;
  /** Default: none. */
  roles?: string[];
  /** Default: none. */
  permissions?: string[];
  /**
   * The fields of a registration, checked against `registration.dto`, other than `email`, `password` and `name`.
   * `undefined` for an account that was not registered, such as one that an operator creates.
   */
  fields?: Record<string, unknown>;
}

/** The transaction in which a user is created. */
export interface RegistrationTransaction {
  /** Everything that is written through it is committed or rolled back together with the user. */
  manager: EntityManager;
}

/** Runs with the new user and their fields before the user is committed. An error rolls the user back. */
export type CreationHook = (
  user: UserRecord,
  fields: Record<string, unknown>,
  transaction: RegistrationTransaction,
) => unknown;

/** The roles and permissions of a user. */
export interface UserAccess {
  roles: string[];
  permissions: string[];
}

/** Selects the users to list. */
export interface UserQuery {
  /** The maximum number of users to return. */
  limit: number;
  /**
   * Start after this address, which is that of the last user on the previous page. Without it, start with the first
   * user.
   */
  after?: string;
  /** Only users whose address contains this lowercase text. There are no wildcards. */
  emailPart?: string;
  /** `true`: only disabled users; `false`: only users who are not disabled. */
  disabled?: boolean;
}

/**
 * Where users are kept. A host may replace it. Any number of instances may share one store.
 *
 * "Nothing matched" is a return value (`null` or `false`), never an error; a method throws only when the store cannot
 * answer, with an `UnavailableError` if a retry may succeed. Reads return copies of committed data: roles, permissions
 * and `disabled` are current, never cached. Email addresses arrive in canonical form and are compared as they are. An
 * id in a format that the store never issues is unknown, not an error.
 */
export interface UserStore {
  /** Returns the user with this id. */
  findById(id: string): Promise<UserRecord | null>;

  /** Returns the user with this canonical address. */
  findByEmail(canonicalEmail: string): Promise<UserRecord | null>;

  /**
   * Adds a user who is not disabled, with the given roles and permissions, and returns it. Returns `null` and changes
   * nothing if the email address is taken.
   *
   * Atomic: of any number of parallel calls with the same address, exactly one returns a user. Use a unique index for
   * this, not a lookup before the insert. Roles are written in the same transaction as the user: nobody ever sees the
   * user without them. A store without `setAccess` never receives any. What else belongs to a registration, such as its
   * `fields`, is written in that transaction too.
   */
  create(user: NewUser): Promise<UserRecord | null>;

  /**
   * Replaces the password hash if it is still `expected` (compare-and-set). Returns `false` and changes nothing if the
   * user is unknown or has a different hash or none. Of parallel calls with the same `expected`, exactly one returns
   * `true`. This prevents a rehash at login from undoing a concurrent password change, and two concurrent password
   * changes from both succeeding.
   */
  replacePasswordHash(id: string, expected: string, next: string): Promise<boolean>;

  // Accounts; see the option `accounts`. Optional: without them, an app with that option does not start.

  /**
   * Sets the password hash, or with `null` turns the password off, if the present hash is still `expected`, where `null`
   * stands for a user without a password (compare-and-set, as {@link replacePasswordHash}).
   */
  setPasswordHash?(id: string, expected: string | null, next: string | null): Promise<boolean>;

  /**
   * Replaces the address if it is still `expected` (compare-and-set). Both are canonical. Returns `false` and changes
   * nothing if the user is unknown or has another address, or if `next` belongs to somebody else. Use the unique index for
   * this, not a lookup.
   */
  replaceEmail?(id: string, expected: string, next: string): Promise<boolean>;

  /** Replaces the display name. Returns `false` if the user is unknown. */
  setName?(id: string, name: string | null): Promise<boolean>;

  /**
   * Receives `registration.onRegister`, once, before the first call of `create`. `create` then awaits it for each user
   * with `fields`, in the transaction of the insert and before the commit, and creates nothing if it throws. It passes a
   * copy, and returns the user as committed, or throws if the hook has undone the transaction. Optional: without this
   * method, `registration.onRegister` is refused at startup, and such work belongs in `create`.
   */
  onCreate?(hook: CreationHook): void;

  // Administration; see `AccountAdmin`. Optional: a call that needs a missing method throws an error that names it.

  /**
   * Disables a user or enables them again. Idempotent. Returns `false` if the user is unknown. The change must be
   * committed when the promise resolves: every later read, on any instance, returns the new value, because the sessions
   * are ended after that.
   */
  setDisabled?(id: string, disabled: boolean): Promise<boolean>;

  /** Replaces the roles and the permissions in one atomic step. Returns `false` if the user is unknown. */
  setAccess?(id: string, access: UserAccess): Promise<boolean>;

  /**
   * Deletes a user permanently; the address becomes available again. Returns `true` only for the call that deleted the
   * user, and `false` for all others or if the user is unknown.
   */
  remove?(id: string): Promise<boolean>;

  /**
   * Returns the matching users in a stable order by email address (any collation), starting after `after`, whether or
   * not a user has that address. Users added or removed between two pages do not cause others to be skipped or listed
   * twice.
   */
  list?(query: UserQuery): Promise<UserRecord[]>;

  /**
   * Adds users from another system with the ids they bring, and says for each of them, in their order, what became of
   * it. Never changes a user who is there already, and is right in parallel calls too. The same id or address may occur
   * twice: it is as if the users were added one after another. At most 1000 users.
   */
  addImported?(users: readonly UserRecord[]): Promise<ImportFate[]>;
}

/**
 * What became of an imported user: `added`; `present` if a user with this id and address was there already; `taken` if
 * the id or the address belongs to somebody else.
 */
export type ImportFate = 'added' | 'present' | 'taken';

/** The methods of a store that only administration requires. */
export type UserAdministration = Required<Pick<UserStore, 'setDisabled' | 'setAccess' | 'remove' | 'list'>>;

/** The injection token of the {@link UserStore}. */
export const UserStore = Symbol('UserStore');
