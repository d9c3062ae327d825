import { InvalidTokenError } from '../errors/auth-errors.js';
import type { UserRecord, UserStore } from '../users/user-store.js';

/**
 * Returns the user of an access token, in the current state of the store.
 * @throws InvalidTokenError if the account has been deleted or disabled
 */
export async function activeUser(users: UserStore, id: string): Promise<UserRecord> {
  const user = await users.findById(id);
  if (!user || user.disabled) throw new InvalidTokenError();
  return user;
}
