import type { UserAdministration, UserStore } from './user-store.js';

type Needed = UserAdministration &
  Required<Pick<UserStore, 'addImported' | 'setPasswordHash' | 'replaceEmail' | 'setName'>>;

/**
 * An optional method of a user store.
 * @throws Error that names the store and the missing method
 */
export function neededMethod<Name extends keyof Needed>(store: UserStore, name: Name): Needed[Name] {
  const method = store[name];
  if (typeof method !== 'function')
    throw new Error(
      `This user store has no method ${name}: implement it in ${store.constructor.name} as UserStore describes it.`,
    );
  return method.bind(store) as Needed[Name];
}
