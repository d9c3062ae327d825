import { InvalidTokenError } from '../errors/auth-errors.js';
import type { UserRecord, UserStore } from '../users/user-store.js';

/**
 * The user that an access token is about, as the store has them now.
 * @throws InvalidTokenError when the account is gone or disabled
 */
export async function activeUser(users: UserStore, id: string): Promise<UserRecord> {
  const user = await users.findById(id);
  if (!user || user.disabled) throw new InvalidTokenError();
  return user;
}
