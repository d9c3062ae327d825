import type { AccountState } from '../actions/account-states.js';
import { ValidationFailedError } from '../errors/auth-errors.js';
import { neededMethod } from '../users/needed-method.js';
import type { PasswordContext, PasswordPolicy } from '../users/password-policy.js';
import type { UserRecord } from '../users/user-store.js';
import type { AccountChange } from './account-work.js';

/**
 * Checks a password that a user has chosen.
 * @param field the name of the password's field in the request
 * @throws ValidationFailedError with the problem of the field
 */
export function assertAllowed(
  policy: PasswordPolicy,
  field: string,
  password: string,
  context: PasswordContext,
): void {
  const problem = policy.problem(password, context);
  if (problem) throw invalid(field, problem);
}

export function invalid(field: string, message: string): ValidationFailedError {
  return new ValidationFailedError({ details: [{ field, message }] });
}

/**
 * Replaces the hash of a user, also if a login has renewed it since the user was read.
 * @param hash `null` turns the password off
 * @param state of the account, before; its epoch changes with the password
 * @returns `false` if the password has changed, or the store has not replaced it
 */
export async function setPassword(
  { users, states }: Pick<AccountChange, 'users' | 'states'>,
  user: UserRecord,
  hash: string | null,
  state: AccountState | null,
): Promise<boolean> {
  const set = neededMethod(users, 'setPasswordHash');
  if (await set(user.id, user.passwordHash ?? null, hash)) return true;
  const now = await users.findById(user.id);
  if (!now || (await states.of(user.id)).epoch !== (state?.epoch ?? 0)) return false;
  return set(user.id, now.passwordHash ?? null, hash);
}
