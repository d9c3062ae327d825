import type { UserAdministration, UserStore } from './user-store.js';

/**
 * A method that a user store need not have.
 * @throws Error that names the store and the method it lacks
 */
export function neededMethod<Name extends keyof UserAdministration>(
  store: UserStore,
  name: Name,
): UserAdministration[Name] {
  const method = store[name];
  if (typeof method !== 'function')
    throw new Error(
      `This user store has no method ${name}: implement it in ${store.constructor.name} as UserStore describes it.`,
    );
  return method.bind(store) as UserAdministration[Name];
}
