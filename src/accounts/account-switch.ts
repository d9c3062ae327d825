import { neededMethod } from '../users/needed-method.js';
import type { UserStore } from '../users/user-store.js';
import type { AccountWork } from './account-work.js';

/**
 * Disables or enables an account on behalf of an operator, whose decision replaces that of an owner who has closed it: it is
 * neither deleted later, nor reopened by a link. Returns `false` if there is no such account.
 * @param work changes accounts that are managed by mail; `undefined`: they are not
 */
export async function switchAccount(
  id: string,
  disabled: boolean,
  users: UserStore,
  work: AccountWork | undefined,
): Promise<boolean> {
  const switchIn = (store: UserStore) => neededMethod(store, 'setDisabled')(id, disabled);
  if (!work || !(await users.findById(id))) return switchIn(users);
  return work.change(id, async (change) => {
    await change.states.setClosing(id, null);
    if (disabled) await change.states.raiseEpoch(id);
    return switchIn(change.users);
  });
}
