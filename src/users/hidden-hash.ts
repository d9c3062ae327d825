import type { UserRecord } from './user-store.js';

const MEMBERS = ['id', 'email', 'name', 'roles', 'permissions', 'disabled', 'createdAt'] as const;

/**
 * Returns a copy of a user for code that may pass it on. Its password hash can be read, but is not enumerable, so that
 * nothing that serializes or copies the user contains it: JSON, `structuredClone`, `{ ...user }`, class-transformer, logs.
 * The store's own record is not changed: a store may keep that very object.
 */
export function hidingHash<User extends Partial<UserRecord>>(user: User): User {
  const copy = copyOf(user);
  // Getters of the host's class may need the original.
  for (const name of MEMBERS) if (name in user) define(copy, name, user[name], true);
  if ('passwordHash' in user) define(copy, 'passwordHash', user.passwordHash, false);
  return copy as User;
}

/** A document of an ORM keeps its data elsewhere, and says with `toJSON` what it consists of. */
function copyOf(user: object): object {
  const { toJSON } = user as { toJSON?: unknown };
  const isDocument = typeof toJSON === 'function';
  const copy = Object.create(
    isDocument ? Object.prototype : (Object.getPrototypeOf(user) as object),
  ) as object;
  const members = isDocument ? Object(toJSON.call(user)) : user;
  for (const [name, value] of Object.entries(members as object)) define(copy, name, value, true);
  return copy;
}

function define(copy: object, name: string, value: unknown, enumerable: boolean): void {
  Object.defineProperty(copy, name, { value, enumerable, writable: true, configurable: true });
}
