import type { UserAdministration, UserStore } from './user-store.js';

/**
 * An optional method of a user store.
 * @throws Error that names the store and the missing method
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
